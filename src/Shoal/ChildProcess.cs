using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Shoal.Children;

namespace Shoal;

/// <summary>
/// A function that runs in a process of its own, started from this program without a change to its <c>Main</c>.
/// </summary>
/// <remarks>
/// The function and its arguments travel as those of a pool's functions do: what it captures is copied, and a function that writes a captured variable is refused.
/// The lines that the process prints appear on this program's console; its standard input is empty. It ends with this program, however that ends: <see cref="Join"/> it first.
/// Ctrl-C while <see cref="Join"/> or <see cref="Wait"/> waits terminates it, and they throw <see cref="OperationCanceledException"/>. Thread-safe.
/// Dispose it: what still runs then is killed.
/// </remarks>
public abstract partial class ChildProcess : IDisposable
{
    private readonly ChildRun _run;

    private protected ChildProcess(ChildRun run) => _run = run;

    /// <summary>What errors call the process.</summary>
    public string Name => _run.Name;

    /// <summary>The number of the process.</summary>
    public int Id => _run.Id;

    /// <summary>Whether the process has not ended yet.</summary>
    public bool IsAlive => !_run.HasEnded;

    /// <summary>How the process ended: absent while it is alive.</summary>
    /// <value>
    /// 0 after the function returned and 1 after it threw; the code of <see cref="Environment.Exit"/>; the negative number of the signal that ended it, such as −9.
    /// </value>
    public int? ExitCode => _run.ExitCode;

    /// <summary>What <see cref="Wait"/> throws: absent while the process is alive, and where the function returned.</summary>
    public Exception? Error => _run.Error;

    /// <summary>Inside the function: the token that <see cref="Terminate"/> cancels. In any other place a token that nobody cancels.</summary>
    /// <remarks>A function that has asked for it gets <see cref="ChildProcessOptions.Grace"/> to end by itself.</remarks>
    public static CancellationToken StopToken => ChildScope.Token;

    internal static string Verb => $"{nameof(ChildProcess)}.{nameof(Start)}";

    /// <summary>Waits until the process has ended, however it does.</summary>
    /// <param name="timeout">How long; for ever if absent.</param>
    /// <returns>Whether it has. It goes on when the time has passed.</returns>
    /// <exception cref="OperationCanceledException">Ctrl-C came meanwhile.</exception>
    public bool Join(TimeSpan? timeout = null) => _run.Join(timeout ?? Timeout.InfiniteTimeSpan);

    /// <summary>Waits until the process has ended, and throws what the function threw, with its own type.</summary>
    /// <param name="timeout">How long; for ever if absent.</param>
    /// <exception cref="TimeoutException">It has not ended after <paramref name="timeout"/>. It goes on: wait again.</exception>
    /// <exception cref="WorkerLostException">The process ended before the function did.</exception>
    /// <exception cref="OperationCanceledException">It was ended by <see cref="Terminate"/>, <see cref="Kill"/>, <see cref="Dispose"/> or Ctrl-C.</exception>
    public void Wait(TimeSpan? timeout = null)
    {
        _run.JoinOrThrow(timeout);
        _run.Outcome.GetAwaiter().GetResult();
    }

    /// <summary>Makes <c>await</c> work; it ends as <see cref="Wait"/> does.</summary>
    public TaskAwaiter GetAwaiter() => _run.Outcome.GetAwaiter();

    /// <summary>
    /// Asks the process to end: cancels <see cref="StopToken"/>; a function that has never asked for it gets SIGTERM instead, which ends the process unless a handler of the user's says otherwise.
    /// After <see cref="ChildProcessOptions.Grace"/> the process is killed.
    /// </summary>
    /// <remarks>Returns at once; <see cref="Join"/> waits for the end. Does nothing where the process has ended.</remarks>
    public void Terminate() => _run.Terminate(nameof(Terminate), _run.Grace);

    /// <summary>Ends the process, and all that it started, by SIGKILL.</summary>
    /// <remarks>Returns at once; <see cref="Join"/> waits for the end. Does nothing where the process has ended.</remarks>
    public void Kill() => _run.Kill(nameof(Kill));

    /// <summary>Kills the process where it still runs, and returns when it is gone. Outcome and exit code stay.</summary>
    [SuppressMessage("Design", "CA1063", Justification = "Nobody outside can derive from it.")]
    public void Dispose()
    {
        _run.Kill(nameof(Dispose));
        _run.WaitForEnd();
        GC.SuppressFinalize(this);
    }

    /// <summary>The name and the number.</summary>
    public override string ToString() => $"{Name} (pid {Id})";
}
