using System.Reflection;

namespace Shoal.Functions;

/// <summary>What the walk over a function's code found.</summary>
internal sealed class FunctionFacts
{
    private readonly Dictionary<Type, HashSet<int>> _read = [];
    private readonly HashSet<Type> _whole = [];

    /// <summary>Why the function cannot run in another process, and the cure; null where it can.</summary>
    public (string What, string Cure)? Refusal { get; private set; }

    /// <summary>The static fields of the user's assemblies that may be assigned and that the code reads.</summary>
    public HashSet<FieldInfo> StaticsRead { get; } = [];

    /// <summary>The static fields to compare with the worker's.</summary>
    public IReadOnlyList<FieldInfo> Compared { get; private set; } = [];

    /// <summary>The static fields that the code assigns, or whose address it takes.</summary>
    public HashSet<FieldInfo> StaticsWritten { get; } = [];

    /// <summary>Whether closure objects were handed to code that was not followed.</summary>
    public bool AllEscape { get; private set; }

    /// <summary>Whether a closure object of this type travels whole.</summary>
    public bool IsWhole(Type closure) => AllEscape || _whole.Contains(closure);

    /// <summary>The tokens of the captured variables that the code reads.</summary>
    public IReadOnlyCollection<int> Read(Type closure) => _read.TryGetValue(closure, out var read) ? read : [];

    /// <summary>The code reads a captured variable.</summary>
    public void AddRead(FieldInfo field)
    {
        if (!_read.TryGetValue(field.DeclaringType!, out var read))
            _read.Add(field.DeclaringType!, read = []);
        read.Add(field.MetadataToken);
    }

    /// <summary>A closure object went where its fields cannot be followed.</summary>
    public void AddWhole(Type closure) => _whole.Add(closure);

    /// <summary>Any closure object may be seen from outside.</summary>
    public void LetAllEscape() => AllEscape = true;

    /// <summary>The walk is over: chooses the fields to compare.</summary>
    /// <remarks>
    /// In the function's own assembly all that are read. In other assemblies a field that the same code also assigns is a cache that the
    /// library fills when it needs it; the user could do nothing about a difference.
    /// </remarks>
    public FunctionFacts Finish(Assembly own)
    {
        Compared = [.. StaticsRead.Where(f => f.Module.Assembly == own || !StaticsWritten.Contains(f)).OrderBy(f => f.Module.Name, StringComparer.Ordinal).ThenBy(f => f.MetadataToken)];
        return this;
    }

    /// <summary>The code changes something that belongs to the caller. The first such finding is kept.</summary>
    public void Refuse(string what, string cure) => Refusal ??= (what, cure);
}
