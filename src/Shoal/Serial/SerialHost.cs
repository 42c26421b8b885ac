using System.Collections.Concurrent;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>Runs calls by a loop: synchronous verbs on the caller, asynchronous ones in order on one thread of its own.</summary>
/// <param name="loop">Makes the plain loop or the strict one.</param>
/// <param name="initializer">Runs once before the first item.</param>
/// <param name="nests">Whether pools that are opened inside an item have workers of their own.</param>
internal sealed class SerialHost(Func<PoolJob, Lane, CallControl, ItemLoop> loop, Action? initializer, bool nests = false) : ICallHost
{
    // A loop spreads nothing: what is opened inside it is no deeper than the loop.
    private readonly int _depth = WorkerScope.DepthHere;
    private readonly object _gate = new();
    private readonly Queue<(PoolJob Job, CallControl Control, Action<Exception?> Completed)> _waiting = new();
    // Several threads may call at once: each of their calls is a worker of its own. One thread alone always gets the same.
    private readonly ConcurrentBag<Lane> _lanes = [];
    private readonly HashSet<CallControl> _running = [];
    private long _items;
    private bool _hasThread;
    private bool _terminated;

    public static BackendTraits SerialTraits { get; } = new() { InProcess = true, SurvivesCrash = false, CanKill = false, CallerWorks = true };

    public BackendTraits Traits => SerialTraits;

    public bool WorkRuns
    {
        get
        {
            lock (_gate)
                return _running.Count > 0;
        }
    }

    public void Run(PoolJob job, CallControl control)
    {
        if (!_lanes.TryTake(out var lane))
            lane = CreateLane();
        Enter(control);
        try
        {
            lane.Initialize();
            loop(job, lane, control).Run();
            Interlocked.Add(ref _items, job.Taken);
        }
        finally
        {
            _lanes.Add(lane);
            Leave(control);
        }
    }

    public IRangeSource Stream(PoolJob job, CallControl control, bool ordered)
    {
        if (!_lanes.TryTake(out var lane))
            lane = CreateLane();
        long counted = 0;
        // Between its steps a stream runs nothing: nobody waits for it then.
        return new LoopRanges(
            loop(job, lane, control).Steps(),
            step =>
            {
                Enter(control);
                try
                {
                    lane.Initialize();
                    return step();
                }
                finally
                {
                    Interlocked.Add(ref _items, job.Taken - counted);
                    counted = job.Taken;
                    Leave(control);
                }
            },
            () => _lanes.Add(lane));
    }

    public void Begin(PoolJob job, CallControl control, Action<Exception?> completed)
    {
        lock (_gate)
        {
            _waiting.Enqueue((job, control, completed));
            if (_hasThread)
                return;
            _hasThread = true;
        }

        new Thread(RunWaiting) { IsBackground = true, Name = "Shoal serial" }.UnsafeStart();
    }

    // What waits goes on, and its thread ends when nothing does; the pool itself refuses new calls.
    public void Close()
    {
    }

    public void Terminate()
    {
        CallControl[] open;
        lock (_gate)
        {
            _terminated = true;
            open = [.. _running, .. _waiting.Select(call => call.Control)];
        }

        foreach (var control in open)
            StopTerminated(control);
    }

    public bool Join(TimeSpan timeout)
    {
        var end = Environment.TickCount64 + timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (_running.Count > 0 || _hasThread)
            {
                if (timeout == Timeout.InfiniteTimeSpan)
                    Monitor.Wait(_gate);
                else if (end - Environment.TickCount64 is var left && (left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue))))
                    return false;
            }

            return true;
        }
    }

    public PoolReport Report(PoolReport report) => report with { WorkersStarted = _lanes.IsEmpty ? 0 : 1, Items = Interlocked.Read(ref _items) };

    public void Dispose()
    {
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    private static void StopTerminated(CallControl control) => control.Stop(new OperationCanceledException("The pool was terminated."), soon: true);

    private Lane CreateLane() => new(0, initializer, new WorkerScope(_depth, nests));

    private void Enter(CallControl control)
    {
        lock (_gate)
        {
            _running.Add(control);
            if (!_terminated)
                return;
        }

        StopTerminated(control);
    }

    private void Leave(CallControl control)
    {
        lock (_gate)
        {
            _running.Remove(control);
            Monitor.PulseAll(_gate);
        }
    }

    private void RunWaiting()
    {
        while (true)
        {
            (PoolJob Job, CallControl Control, Action<Exception?> Completed) next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _hasThread = false;
                    Monitor.PulseAll(_gate);
                    return;
                }

                // In the same breath: a call that neither waits nor runs would be overlooked by Terminate.
                _running.Add(next.Control);
            }

            var outcome = Outcome(next.Job, next.Control);
            Leave(next.Control);
            next.Completed(outcome);
        }
    }

    private Exception? Outcome(PoolJob job, CallControl control)
    {
        if (control.Error is { } cancelled)
            return cancelled;
        try
        {
            Run(job, control);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
