using Shoal.Backends;

namespace Shoal.Calls;

/// <summary>One worker inside the program: its scope, its initializer, and the means to stop what it runs.</summary>
/// <remarks>Runs one batch at a time, on whichever thread; <see cref="Cancel"/> may come from any thread.</remarks>
internal sealed class Lane(int worker, Action? initializer, WorkerScope scope) : IDisposable
{
    private const int NoCall = -1;
    private readonly Lock _gate = new();
    private readonly LaneBatch _batch = new();
    private CancellationTokenSource? _cancel;
    private int _call = NoCall;
    private bool _isStopped;
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
    public void Prepare(int call) => Prepare(call, 0, 0, long.MaxValue);

    /// <summary>Announces a batch, so that neither a <see cref="Cancel"/> nor a <see cref="GiveBack"/> before it begins is lost.</summary>
    public void Prepare(in Batch batch) => Prepare(batch.Job.Call, batch.Number, batch.Start, batch.Start + batch.Count);

    /// <summary>Stops the items of a call: the loop before the next one, and the running one by its token.</summary>
    public void Cancel(int call)
    {
        CancellationTokenSource cancel;
        lock (_gate)
        {
            if (_call != call)
                return;
            _isStopped = true;
            Stop.Raise();
            cancel = _cancel ??= new CancellationTokenSource();
        }

        // What users registered on the token runs elsewhere: it must not hold up the pool.
        _ = cancel.CancelAsync();
    }

    /// <summary>Takes back what this worker has not begun of a batch; its loop stops there.</summary>
    /// <param name="batch">The number of the batch.</param>
    /// <param name="half">Whether the worker keeps the first half of it.</param>
    /// <returns>The first item that was taken back; none where there is none.</returns>
    public long? GiveBack(long batch, bool half)
    {
        lock (_gate)
            return _call == NoCall ? null : _batch.GiveBack(batch, half, Stop);
    }

    /// <summary>What the loop has done of the part that it runs: it counts here.</summary>
    public ref int DoneOfPart => ref _batch.DoneOfPart;

    /// <summary>The loop is about to run items from this one on, until <see cref="Stop"/> is raised; then it asks again.</summary>
    /// <returns>How many it is to run of those that it has: fewer where some were taken back, none where it is to stop.</returns>
    public int BeginPart(long first, int count)
    {
        lock (_gate)
        {
            _batch.BeginPart(first);
            if (_isStopped)
                return 0;
            Stop.Lower();
            return (int)Math.Clamp(_batch.End - first, 0, count);
        }
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

    /// <summary>The worker is about to run this item of its batch, which nobody else gets from now on.</summary>
    /// <returns>False where the batch ends before it, or where all of it was taken back: then this worker may have another one already.</returns>
    public bool TryBegin(in Batch batch, long index)
    {
        lock (_gate)
        {
            if (_batch.Number != batch.Number)
                return false;
            if (index < _batch.End)
            {
                _batch.BeginPart(index);
                return true;
            }

            _call = NoCall;
            return false;
        }
    }

    /// <summary>Runs a batch as this worker.</summary>
    public LaneRun Run(in Batch batch)
    {
        if (!TryBegin(batch, batch.Start))
            return new LaneRun(this, batch with { Count = 0 }, 0, null);
        var error = Run((PoolJob)batch.Job, batch.Start, batch.Count, batch.Attempt, out var done);
        return new LaneRun(this, batch with { Count = (int)(EndBatch() - batch.Start) }, done, error);
    }

    /// <summary>No item of the batch comes any more: there is nothing to cancel and nothing to give back.</summary>
    /// <returns>The item that it ended before, by what was taken back of it.</returns>
    public long EndBatch()
    {
        lock (_gate)
        {
            _call = NoCall;
            return _batch.End;
        }
    }

    public void Dispose() => _cancel?.Dispose();

    private void Prepare(int call, long number, long start, long end)
    {
        lock (_gate)
        {
            _call = call;
            _batch.Prepare(number, start, end);
            _isStopped = false;
            Stop.Lower();
            if (_cancel is { IsCancellationRequested: true })
                _cancel = null;
        }
    }
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
