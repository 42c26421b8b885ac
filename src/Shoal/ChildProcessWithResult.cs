using System.Runtime.CompilerServices;
using Shoal.Children;

namespace Shoal;

/// <summary>A <see cref="ChildProcess"/> whose function returns a value.</summary>
/// <typeparam name="R">What the function returns.</typeparam>
public sealed class ChildProcess<R> : ChildProcess
{
    private readonly ChildRun<R> _run;

    internal ChildProcess(ChildRun<R> run)
        : base(run) => _run = run;

    /// <summary>The call as a task; it is over when the process is.</summary>
    public Task<R> AsTask() => _run.Result;

    /// <summary>Makes <c>await</c> work; it ends as <see cref="Wait"/> does.</summary>
    public new TaskAwaiter<R> GetAwaiter() => _run.Result.GetAwaiter();

    /// <summary>Waits until the process has ended, and returns what the function returned.</summary>
    /// <param name="timeout">How long; for ever if absent.</param>
    /// <exception cref="TimeoutException">It has not ended after <paramref name="timeout"/>. It goes on: wait again.</exception>
    /// <exception cref="WorkerLostException">The process ended before the function did.</exception>
    /// <exception cref="OperationCanceledException">It was ended by <see cref="ChildProcess.Terminate"/>, <see cref="ChildProcess.Kill"/>, disposing or Ctrl-C.</exception>
    /// <remarks>Throws what the function threw, with its own type.</remarks>
    public new R Wait(TimeSpan? timeout = null)
    {
        _run.JoinOrThrow(timeout);
        return _run.Result.GetAwaiter().GetResult();
    }
}
