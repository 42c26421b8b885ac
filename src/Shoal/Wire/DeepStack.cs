using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Shoal.Wire;

/// <summary>
/// Lets recursion go on where the stack of the current thread ends: the rest runs on a fresh thread with a large stack, while this one waits.
/// </summary>
/// <remarks>
/// Chains of ordinary objects never come this far: their bodies are put off (<see cref="WireWriter.Later"/>). Arrays and dictionaries nested
/// thousands deep do, and a stack overflow would end the process. The stack is reserved, not committed: it costs memory only as far as it is used.
/// </remarks>
internal static class DeepStack
{
    /// <summary>How many objects that cannot be put off may hang one below the other; what is deeper is refused when written and taken for damage when read.</summary>
    public const int MaxDepth = 20_000;

    private const int StackBytes = 64 << 20;

    /// <summary>Whether the current stack has room for another level.</summary>
    public static bool HasRoom => RuntimeHelpers.TryEnsureSufficientExecutionStack();

    /// <summary>Runs an action on a fresh stack and waits for it; throws what it throws.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() => error = Catch(action), StackBytes) { IsBackground = true, Name = "Shoal deep graph" };
        thread.Start();
        thread.Join();
        error?.Throw();
    }

    private static ExceptionDispatchInfo? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return ExceptionDispatchInfo.Capture(error);
        }
    }
}
