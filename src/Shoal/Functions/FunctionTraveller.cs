using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Says whether a function may run in another process, without writing it.</summary>
internal static class FunctionTraveller
{
    /// <summary>Throws what writing the function would throw because of its code; its captured values are not looked at.</summary>
    /// <param name="function">The function.</param>
    /// <param name="name">What the error calls it.</param>
    /// <exception cref="ArgumentException">It writes a captured variable, or was not compiled into an assembly that a worker can load.</exception>
    public static void Check(Delegate function, string name)
    {
        foreach (var part in function.GetInvocationList())
        {
            if (WhyNot(part) is { } why)
                throw why.ToError(name);
        }
    }

    /// <summary>Why one function cannot run in another process; null where it can.</summary>
    public static WireRefusal? WhyNot(Delegate part) =>
        MethodNames.WhyNot(part) ?? (FunctionWalk.Of(part).Refusal is var (what, cure) ? new WireRefusal(what, cure) : null);
}
