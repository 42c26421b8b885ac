using System.Runtime.CompilerServices;
using Shoal.Calls;

namespace Shoal;

/// <summary>A call that runs while its caller goes on. Await it, wait for it, or say what follows.</summary>
/// <typeparam name="R">What the call returns.</typeparam>
/// <remarks>Thread-safe. The call goes on whether or not anybody waits; an error that nobody looks at is not raised elsewhere.</remarks>
public sealed class PoolTask<R>
{
    private readonly Pool _pool;
    private readonly CallControl _control;
    private readonly TaskCompletionSource<R> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PoolTask(Pool pool, CallControl control)
    {
        _pool = pool;
        _control = control;
    }

    /// <summary>Whether the call is over, by a result, an error or cancellation.</summary>
    public bool IsCompleted => _outcome.Task.IsCompleted;

    /// <summary>The call as a task.</summary>
    public Task<R> AsTask() => _outcome.Task;

    /// <summary>Makes <c>await</c> work.</summary>
    public TaskAwaiter<R> GetAwaiter() => _outcome.Task.GetAwaiter();

    /// <summary>Waits and returns the result. The call goes on when the time has passed; wait again for it.</summary>
    /// <param name="timeout">How long; for ever if absent.</param>
    /// <exception cref="TimeoutException">The call is not over after <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <remarks>Throws what the call throws, with its own type. Ctrl-C cancels the call while this waits for it.</remarks>
    public R Wait(TimeSpan? timeout = null)
    {
        using var interrupts = Interrupts.Watch(_control);
        var waiting = ((IAsyncResult)_outcome.Task).AsyncWaitHandle;
        if (!_outcome.Task.IsCompleted && !waiting.WaitOne(timeout ?? Timeout.InfiniteTimeSpan))
            throw new TimeoutException($"The call on pool '{_pool.Spec}' is not over after {timeout}. It goes on: wait again, or Cancel it.");
        return _outcome.Task.GetAwaiter().GetResult();
    }

    /// <summary>Tells the call to stop: items that did not begin never run, those that run are cancelled, and ended by force after the grace.</summary>
    /// <returns>Whether the call was still open. Its outcome is then an <see cref="OperationCanceledException"/>.</returns>
    public bool Cancel() => _control.Stop(new OperationCanceledException("The call was cancelled."), soon: false);

    /// <summary>Says what follows the call. Callbacks of a pool run one at a time, so that they may add to a plain list.</summary>
    /// <param name="onResult">Gets the result.</param>
    /// <param name="onError">Gets what the call throws, cancellation included.</param>
    /// <returns>This call, for the next callback.</returns>
    /// <remarks>A callback that throws is counted in <see cref="PoolReport.CallbackErrors"/> and traced; the call's outcome stays.</remarks>
    public PoolTask<R> Then(Action<R> onResult, Action<Exception>? onError = null)
    {
        ArgumentNullException.ThrowIfNull(onResult);
        _outcome.Task.ContinueWith(
            task => _pool.Callbacks.Enqueue(() =>
            {
                if (task.IsCompletedSuccessfully)
                    onResult(task.GetAwaiter().GetResult());
                else
                    onError?.Invoke(ErrorOf(task));
            }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return this;
    }

    internal void SetResult(R result) => _outcome.TrySetResult(result);

    internal void SetError(Exception error)
    {
        if (error is OperationCanceledException cancelled && ReferenceEquals(error, _control.Error))
            _outcome.TrySetCanceled(cancelled.CancellationToken);
        else
            _outcome.TrySetException(error);
        // Who does not look at the outcome has decided so: it is not the finalizer's business.
        _ = _outcome.Task.Exception;
    }

    private static Exception ErrorOf(Task task) => task.Exception?.InnerException ?? new TaskCanceledException(task);
}
