using System.Reflection;

namespace Shoal.Functions;

/// <summary>Where a value on the evaluation stack may come from, as far as captured variables go.</summary>
/// <remarks>
/// Each origin is one of: a <see cref="Type"/> (a captured closure object of this type), <see cref="CapturedThis"/> (the captured object of the user),
/// a <see cref="Place"/> (the address of a captured variable), a <see cref="MethodBase"/> (a function pointer). Nothing else matters to the walk.
/// </remarks>
internal sealed record Origins(object[] All)
{
    /// <summary>The captured object of the user.</summary>
    public static readonly object CapturedThis = new();

    /// <summary>A value that has nothing to do with captured variables.</summary>
    public static readonly Origins None = new([]);

    /// <summary>The closure classes among the origins.</summary>
    public IEnumerable<Type> Closures => All.OfType<Type>();

    /// <summary>The addresses among the origins.</summary>
    public IEnumerable<Place> Places => All.OfType<Place>();

    /// <summary>Whether the value may be the captured object of the user.</summary>
    public bool IsThis => Array.IndexOf(All, CapturedThis) >= 0;

    /// <summary>A value with one origin.</summary>
    public static Origins Of(object origin) => new([origin]);

    /// <summary>A value that may come from either.</summary>
    public Origins Or(Origins other) => other.All.Length == 0 || ReferenceEquals(All, other.All) ? this : All.Length == 0 ? other : new([.. All.Union(other.All)]);
}

/// <summary>The address of a captured variable, or of a field of the captured <c>this</c>.</summary>
/// <param name="Field">The variable.</param>
/// <param name="OfThis">Whether it belongs to the captured <c>this</c>.</param>
internal sealed record Place(FieldInfo Field, bool OfThis);
