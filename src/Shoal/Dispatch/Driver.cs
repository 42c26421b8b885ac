using System.Diagnostics;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <summary>
/// Connects the dispatcher with a back end: lets one event in at a time, stamps it with the clock, and carries out the instructions in order.
/// </summary>
/// <remarks>
/// Instructions are carried out by whichever thread finds them, one thread at a time and outside the lock: a report that comes
/// while an instruction runs, or from inside it, only leaves its own instructions in the queue. So nothing waits for the lock while it
/// waits for a back end, and a worker's instructions keep their order.
/// </remarks>
internal sealed partial class Driver : IBackendSink, ICallHost
{
    private static readonly TimeSpan NotDue = Timeout.InfiniteTimeSpan;

    private readonly object _gate = new();
    private readonly IBackend _backend;
    private readonly IDrivenBackend? _driven;
    private readonly Func<Lane>? _callerLane;
    private readonly Dispatcher _dispatcher;
    private readonly PoolAccounts _accounts;
    private readonly DriverTelemetry _telemetry;
    private readonly Dictionary<int, ActiveCall> _calls = [];
    private readonly List<ActiveCall> _fed = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly Timer _timer;
    private long _timerAt = long.MaxValue;
    private bool _executing;
    private bool _wasReady;

    /// <summary>A driver for a back end that is not started.</summary>
    /// <param name="backend">The back end; disposed with the driver.</param>
    /// <param name="settings">What the dispatcher knows of it.</param>
    /// <param name="callerLane">How callers that wait work as worker 0, where they do.</param>
    public Driver(IBackend backend, DispatchSettings settings, Func<Lane>? callerLane = null)
    {
        _backend = backend;
        _driven = backend as IDrivenBackend;
        _callerLane = callerLane;
        // The flow of the opener's context ends here: a timer would hold on to it.
        using (ExecutionContext.SuppressFlow())
            _timer = new Timer(static state => ((Driver)state!).Tick(), this, NotDue, NotDue);
        _accounts = new PoolAccounts(callerLane is not null);
        _telemetry = new DriverTelemetry(settings.Scheme);
        _dispatcher = new Dispatcher(settings) { Trace = DispatchTrace.FromEnvironment() };
        CarryOut();
    }

    private static long Now => Stopwatch.GetElapsedTime(0).Ticks;

    public BackendTraits Traits => _backend.Traits;

    /// <summary>Whether items of calls still run, also of those whose outcome was told.</summary>
    public bool WorkRuns
    {
        get
        {
            lock (_gate)
                return _dispatcher.WorkRuns;
        }
    }

    void IBackendSink.Ready(int worker, WorkerIdentity identity)
    {
        lock (_gate)
        {
            _wasReady = true;
            _accounts.Ready(Now, worker, identity);
            _dispatcher.Ready(Now, worker);
        }

        CarryOut();
    }

    void IBackendSink.Running(int worker, int call, long index)
    {
        bool sooner;
        lock (_gate)
        {
            _dispatcher.Running(Now, worker, call, index);
            sooner = _dispatcher.NextDeadline < _timerAt;
        }

        // An item under a time limit; all else leaves the timer as it is.
        if (sooner)
            CarryOut();
    }

    void IBackendSink.Finished(int worker, int call, long index, int count)
    {
        ActiveCall? active;
        long batchTicks;
        lock (_gate)
        {
            active = TakeOver(call);
            _dispatcher.Finished(Now, worker, call, index, count);
            (batchTicks, _dispatcher.Counters.BatchTicks) = (_dispatcher.Counters.BatchTicks, 0);
        }

        _telemetry.Finished(count);
        if (batchTicks > 0)
            _telemetry.BatchDone(batchTicks);
        if (active?.Job.Progress is { } progress)
            Tell(call, () => progress.Add(count, active.Job.Count));
        CarryOut();
    }

    void IBackendSink.Failed(int worker, int call, long index, Exception error)
    {
        lock (_gate)
            _dispatcher.Failed(Now, worker, call, index, error);
        CarryOut();
    }

    void IBackendSink.TakenBack(int worker, long batch, long? from)
    {
        lock (_gate)
            _dispatcher.TakenBack(Now, worker, batch, from);
        CarryOut();
    }

    // Only what callers do comes here directly; workers have sinks of their own, which know which of them they belong to.
    void IBackendSink.Lost(int worker, WorkerLoss loss) => throw new System.Diagnostics.UnreachableException();

    /// <summary>Takes no more calls; workers end when the open ones are done.</summary>
    public void Close()
    {
        lock (_gate)
            _dispatcher.Close();
        CarryOut();
    }

    /// <summary>Cancels every call and ends every worker.</summary>
    public void Terminate()
    {
        lock (_gate)
            _dispatcher.Terminate(Now, static () => new OperationCanceledException("The pool was terminated."));
        CarryOut();
    }

    /// <summary>Waits for the end of all workers.</summary>
    public bool Join(TimeSpan timeout) => _ended.Wait(timeout);

    public PoolReport Report(PoolReport report)
    {
        lock (_gate)
        {
            var counters = _dispatcher.Counters;
            var counted = report with
            {
                WorkersStarted = counters.Started,
                WorkersLost = counters.Lost,
                WorkersAbandoned = counters.Abandoned,
                WorkersRecycled = counters.Recycled,
                Items = counters.Items,
                ItemsRunAgain = counters.RunAgain,
                Batches = counters.Batches,
                BytesSent = _backend.BytesSent,
            };
            return _accounts.Complete(counted, Now, _dispatcher.Tallies, _backend as IMeasuredBackend);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _backend.Dispose();
        _ended.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            _timerAt = long.MaxValue;
            _dispatcher.Tick(Now);
        }

        CarryOut();
    }

    // Under the lock: items that a feeding thread has taken meanwhile.
    private ActiveCall? TakeOver(int call)
    {
        if (_calls.TryGetValue(call, out var active) && active.Job.Count is null)
            _dispatcher.Taken(Now, call, active.Job.Taken, ended: false);
        return active;
    }

    // What the user's progress throws is the call's error.
    private void Tell(int call, Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception error)
        {
            lock (_gate)
                _dispatcher.Cancel(Now, call, error);
        }
    }
}
