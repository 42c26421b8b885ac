using Shoal.Backends;

namespace Shoal.Calls;

/// <summary>One worker inside the program: its scope, its initializer, and the means to stop what it runs.</summary>
/// <remarks>Runs one batch at a time, on whichever thread; <see cref="Cancel"/> may come from any thread.</remarks>
internal sealed class Lane(int worker, Action? initializer, WorkerScope scope) : IDisposable
{
    private const int NoCall = -1;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _cancel;
    private int _call = NoCall;
    private bool _initialized;

    public int Worker => worker;

    public WorkerScope Scope => scope;

    public StopFlag Stop { get; } = new();

    /// <summary>Where this worker's time goes.</summary>
    public WorkClock Clock { get; init; } = new();

    /// <summary>The token of the items that run now.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_gate)
                return (_cancel ??= new CancellationTokenSource()).Token;
        }
    }

    /// <summary>Announces the call whose items come next, so that a <see cref="Cancel"/> before they begin is not lost.</summary>
    public void Prepare(int call)
    {
        lock (_gate)
        {
            _call = call;
            Stop.Lower();
            if (_cancel is { IsCancellationRequested: true })
                _cancel = null;
        }
    }

    /// <summary>Stops the items of a call: the loop before the next one, and the running one by its token.</summary>
    public void Cancel(int call)
    {
        CancellationTokenSource cancel;
        lock (_gate)
        {
            if (_call != call)
                return;
            Stop.Raise();
            cancel = _cancel ??= new CancellationTokenSource();
        }

        // What users registered on the token runs elsewhere: it must not hold up the pool.
        _ = cancel.CancelAsync();
    }

    /// <summary>Runs the initializer if this worker has not; what it throws is the caller's to report.</summary>
    public void Initialize()
    {
        if (_initialized)
            return;
        initializer?.Invoke();
        _initialized = true;
    }

    /// <summary>Runs a range as this worker.</summary>
    /// <returns>What the function threw at the item after the last done, if it did.</returns>
    public Exception? Run(PoolJob job, long start, int count, int attempt, out int done)
    {
        done = 0;
        var before = Enter();
        Clock.BeginRun();
        try
        {
            job.RunRange(start, count, attempt, this, ref done);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            Clock.EndRun();
            Leave(before);
        }
    }

    /// <summary>Makes this thread work as this worker until <see cref="Leave"/>.</summary>
    public (WorkerScope? Scope, SynchronizationContext? Context) Enter()
    {
        // An awaited function must not wait for a context whose thread is this one.
        var context = SynchronizationContext.Current;
        if (context is not null)
            SynchronizationContext.SetSynchronizationContext(null);
        return (Scope.Enter(), context);
    }

    public static void Leave((WorkerScope? Scope, SynchronizationContext? Context) before)
    {
        if (before.Context is not null)
            SynchronizationContext.SetSynchronizationContext(before.Context);
        WorkerScope.Restore(before.Scope);
    }

    /// <summary>Runs a batch as this worker.</summary>
    public LaneRun Run(in Batch batch)
    {
        var error = Run((PoolJob)batch.Job, batch.Start, batch.Count, batch.Attempt, out var done);
        EndBatch();
        return new LaneRun(this, batch, done, error);
    }

    /// <summary>No item of the batch comes any more: there is nothing to cancel.</summary>
    public void EndBatch()
    {
        lock (_gate)
            _call = NoCall;
    }

    public void Dispose() => _cancel?.Dispose();
}

/// <summary>What became of a batch.</summary>
internal readonly record struct LaneRun(Lane Lane, Batch Batch, int Done, Exception? Error)
{
    /// <summary>Reports the items that are done, then the one that failed or was not begun.</summary>
    public void Report(IBackendSink sink)
    {
        if (Done > 0)
            sink.Finished(Lane.Worker, Batch.Job.Call, Batch.Start, Done);
        if (Done < Batch.Count)
            sink.Failed(Lane.Worker, Batch.Job.Call, Batch.Start + Done, Error ?? new OperationCanceledException());
    }
}
