using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Functions;

namespace Shoal.Wire;

/// <summary>What cannot travel, and what to do instead.</summary>
internal static class Refusals
{
    private const string CopyFirst = "copy what you need to a local first, or open it inside the function";

    // Looked through in order: a type that is one of these, or derives from it, or implements it, gets the cure beside it.
    private static readonly (Type Type, string Cure)[] Cures =
    [
        (typeof(Stream), CopyFirst),
        (typeof(TextReader), CopyFirst),
        (typeof(TextWriter), "return the lines, and write them in the caller"),
        (typeof(SafeHandle), "open it inside the function"),
        (typeof(CriticalHandle), "open it inside the function"),
        (typeof(Thread), "the pool brings its own workers"),
        (typeof(Task), "await it first and pass its result"),
        (typeof(Timer), "start it inside the function"),
        (typeof(CancellationTokenSource), "pass its token to the verb and use ItemContext.Cancel inside the function"),
        (typeof(WaitHandle), "return a result instead of signalling"),
        (typeof(Random), "a copy in each worker would repeat its numbers: use ItemContext.Random"),
        (typeof(WeakReference), "pass its target"),
        (typeof(System.Reflection.MemberInfo), "pass its type and its name"),
        (typeof(System.Reflection.Assembly), "pass its name"),
        (typeof(MarshalByRefObject), CopyFirst),
        (typeof(IAsyncStateMachine), "await it first and pass its result"),
    ];

    // The same for types outside the core library: by name, so that no assembly is loaded for them.
    private static readonly Dictionary<string, string> CuresByName = new()
    {
        ["System.Diagnostics.Process"] = "pass its id",
        ["System.Linq.Expressions.Expression"] = "compile it inside the function, or write a lambda",
        ["System.ComponentModel.Component"] = CopyFirst,
    };

    /// <summary>Why values of a type cannot travel; null where they can, as far as the type tells.</summary>
    public static (string What, string Cure)? For(Type type)
    {
        var text = TypeText.Of(type) + " cannot travel to a worker";
        if (Layout.IsHandle(type))
            return (text, "addresses and handles mean nothing in another process; copy a number to a long first");
        if (type.IsByRefLike)
            return (text, "copy it to an array first");
        if (Assemblies.WhyNot(type.Assembly) is { } why)
            return (why.Message, why.Cure);
        if (IsLazySequence(type))
            return ($"a lazy sequence ({TypeText.Of(type)}) cannot travel to a worker", "call ToArray() or ToList() first");
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (CuresByName.TryGetValue(level.FullName ?? "", out var known))
                return (text, known);
        }

        foreach (var (refused, cure) in Cures)
        {
            if (refused.IsAssignableFrom(type))
                return (text, cure);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is var definition
            && (definition == typeof(WeakReference<>) || definition == typeof(ThreadLocal<>) || definition == typeof(AsyncLocal<>)))
            return (text, "pass its value");
        return null;
    }

    /// <summary>The refusal of a framework type that Shoal does not know.</summary>
    public static (string What, string Cure) Unknown(Type type) =>
        ($"{type} cannot travel to a worker: its inside belongs to .NET", typeof(IEnumerable).IsAssignableFrom(type) ? "call ToArray() or ToList() first" : CopyFirst);

    private static bool IsLazySequence(Type type)
    {
        if (!typeof(IEnumerable).IsAssignableFrom(type) && !typeof(IEnumerator).IsAssignableFrom(type) && !IsAsyncSequence(type))
            return false;
        return type.FullName!.StartsWith("System.Linq.", StringComparison.Ordinal) || type.Name.Contains(">d", StringComparison.Ordinal) && CompilerCode.IsCarrier(type);
    }

    private static bool IsAsyncSequence(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));
}
