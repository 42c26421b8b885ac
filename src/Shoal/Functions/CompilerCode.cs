using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shoal.Functions;

/// <summary>Recognises what the C# compiler makes of lambdas, local functions, async functions and iterators.</summary>
internal static class CompilerCode
{
    private static readonly ConcurrentDictionary<Type, object> Closures = new(); // boxed: the class for references is compiled ahead

    /// <summary>Whether a class holds captured variables (<c>&lt;&gt;c__DisplayClass0_0</c>), or the lambdas that capture nothing (<c>&lt;&gt;c</c>).</summary>
    public static bool IsClosure(Type type) => (bool)(Closures.TryGetValue(type, out var known) ? known : Closures.GetOrAdd(type, static t => !t.IsValueType && t.Name.StartsWith("<>c", StringComparison.Ordinal) && IsMade(t)));

    /// <summary>Whether a type runs the body of an async function or an iterator.</summary>
    public static bool IsStateMachine(Type type) =>
        type.Name.StartsWith('<') && IsMade(type) && (typeof(IAsyncStateMachine).IsAssignableFrom(type) || typeof(IEnumerator).IsAssignableFrom(type));

    /// <summary>Whether a type carries captured variables or running bodies.</summary>
    public static bool IsCarrier(Type type) => type.Name.StartsWith('<') && IsMade(type);

    /// <summary>Whether a method is a lambda, a local function, or a part of one.</summary>
    public static bool IsMade(MethodBase method) => method.Name.StartsWith('<') || method.DeclaringType is { } type && IsCarrier(type);

    /// <summary>Whether a field only remembers a function that was made before: it is made again where it is missing.</summary>
    public static bool IsCache(FieldInfo field) => field.Name.StartsWith("<>9", StringComparison.Ordinal) || field.DeclaringType!.Name.StartsWith("<>O", StringComparison.Ordinal);

    /// <summary>Whether a captured <c>this</c> is kept in a field.</summary>
    public static bool IsThis(FieldInfo field) => field.Name.EndsWith("<>4__this", StringComparison.Ordinal) && IsCarrier(field.DeclaringType!);

    // Only the outermost class that the compiler made carries the attribute: a state machine in a closure class has none of its own.
    private static bool IsMade(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.DeclaringType is { } outer && outer.Name.StartsWith('<') && IsMade(outer);
}
