using System.Collections.Concurrent;
using System.Reflection;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Which captured variables of each closure object the functions of one message read.</summary>
/// <remarks>
/// Functions that share a scope share its closure object, and a message may hold several of them. What a later one reads more than was
/// written makes the message start again, knowing more; since sets only grow, that ends.
/// </remarks>
internal sealed class ClosureFields
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Outer = new();

    private readonly Dictionary<object, State> _states = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether something was learned about a closure object after it had been written.</summary>
    public bool HasGrown { get; private set; }

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        _states.Clear();
        HasGrown = false;
    }

    /// <summary>The message begins again.</summary>
    public void Restart()
    {
        HasGrown = false;
        foreach (var state in _states.Values)
            state.IsWritten = false;
    }

    /// <summary>A function over this closure object is about to be written.</summary>
    public void Add(object closure, FunctionFacts facts)
    {
        var type = closure.GetType();
        if (facts.IsWhole(type))
        {
            AddWhole(closure);
            return;
        }

        var state = StateOf(closure);
        var read = facts.Read(type);
        foreach (var token in read)
            HasGrown |= state.Add(token);
        foreach (var field in OuterScopes(type))
        {
            if (read.Contains(field.MetadataToken) && field.GetValue(closure) is { } outer)
                Add(outer, facts);
        }
    }

    /// <summary>Something that is not followed leads to this closure object: it travels whole, and so do those that it leads to.</summary>
    public void AddWhole(object closure)
    {
        var state = StateOf(closure);
        if (state.IsWhole)
            return;
        state.IsWhole = true;
        HasGrown |= state.IsWritten;
        foreach (var field in OuterScopes(closure.GetType()))
        {
            if (field.GetValue(closure) is { } outer)
                AddWhole(outer);
        }
    }

    /// <summary>An object was met again by a reference that is not a function's.</summary>
    public void SeenFromOutside(object value)
    {
        if (_states.Count > 0 && _states.ContainsKey(value))
            AddWhole(value);
    }

    /// <summary>Whether a function over this closure object was seen.</summary>
    public bool IsKnown(object closure) => _states.ContainsKey(closure);

    /// <summary>Whether a captured variable of a closure object is written. Asking means that it is being written.</summary>
    public bool Travels(object closure, FieldInfo field)
    {
        var state = StateOf(closure);
        state.IsWritten = true;
        return state.IsWhole || state.Tokens.Contains(field.MetadataToken);
    }

    private static FieldInfo[] OuterScopes(Type type) =>
        Outer.GetOrAdd(type, static t => [.. Layout.Fields(t).Where(f => CompilerCode.IsClosure(f.FieldType))]);

    private State StateOf(object closure)
    {
        if (!_states.TryGetValue(closure, out var state))
            _states.Add(closure, state = new());
        return state;
    }

    private sealed class State
    {
        public HashSet<int> Tokens { get; } = [];

        public bool IsWhole { get; set; }

        public bool IsWritten { get; set; }

        public bool Add(int token) => Tokens.Add(token) && IsWritten && !IsWhole;
    }
}
