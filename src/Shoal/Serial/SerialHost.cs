using System.Collections.Concurrent;
using System.Diagnostics;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Reporting;

namespace Shoal.Serial;

/// <summary>Runs calls by a loop: synchronous verbs on the caller, asynchronous ones in order on one thread of its own.</summary>
/// <param name="loop">Makes the plain loop or the strict one.</param>
/// <param name="initializer">Runs once before the first item.</param>
/// <param name="nests">Whether pools that are opened inside an item have workers of their own.</param>
/// <param name="strict">Whether it is the strict one.</param>
internal sealed class SerialHost(Func<PoolJob, Lane, CallControl, ItemLoop> loop, Action? initializer, bool nests = false, bool strict = false) : ICallHost
{
    // A loop spreads nothing: what is opened inside it is no deeper than the loop.
    private readonly int _depth = WorkerScope.DepthHere;
    private readonly object _gate = new();
    private readonly Queue<(PoolJob Job, CallControl Control, Action<Exception?> Completed)> _waiting = new();
    // Several threads may call at once: each of their calls is a worker of its own. One thread alone always gets the same.
    private readonly ConcurrentBag<Lane> _lanes = [];
    private readonly HashSet<CallControl> _running = [];
    private readonly List<WorkClock> _clocks = [];
    private readonly BusyClock _busy = new();
    private readonly long _opened = Stopwatch.GetTimestamp();
    private long? _disposed;
    private long _calls;
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
        Interlocked.Increment(ref _calls);
        Enter(control);
        try
        {
            lane.Initialize();
            loop(job, lane, control).Run();
            Count(job.Taken);
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
        Interlocked.Increment(ref _calls);
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
                    Count(job.Taken - counted);
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

    public PoolReport Report(PoolReport report)
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var wall = Stopwatch.GetElapsedTime(0, _busy.Total(now));
            // Whatever the strict loop does beside the function is the wire format's.
            var running = strict ? Stopwatch.GetElapsedTime(0, _clocks.Sum(clock => clock.Running)) : wall;
            var items = Interlocked.Read(ref _items);
            var worker = new WorkerReport
            {
                Worker = 0,
                ProcessId = Environment.ProcessId,
                Host = Environment.MachineName,
                Running = running,
                Serializing = running < wall ? wall - running : TimeSpan.Zero,
                Idle = Stopwatch.GetElapsedTime(_opened, _disposed ?? now) - wall,
                Items = items,
            };
            return report with
            {
                WorkersStarted = _lanes.IsEmpty ? 0 : 1,
                WorkersAlive = _disposed is null ? 1 : 0,
                Calls = Interlocked.Read(ref _calls),
                Items = items,
                WallTime = wall,
                LoopTime = running,
                PerWorker = [worker],
            };
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed ??= Stopwatch.GetTimestamp();
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    private static void StopTerminated(CallControl control) => control.Stop(new OperationCanceledException("The pool was terminated."), soon: true);

    private void Enter(CallControl control)
    {
        lock (_gate)
        {
            Count(control);
            if (!_terminated)
                return;
        }

        StopTerminated(control);
    }

    private void Count(long items)
    {
        Interlocked.Add(ref _items, items);
        if (Telemetry.Items.Enabled)
            Telemetry.Items.Add(items, Telemetry.Backend("serial"));
    }

    // Under the lock.
    private void Count(CallControl control)
    {
        if (_running.Add(control))
            _busy.Enter(Stopwatch.GetTimestamp());
    }

    private Lane CreateLane()
    {
        var lane = new Lane(0, initializer, new WorkerScope(_depth, nests)) { Clock = new() { Exact = true } };
        lock (_gate)
            _clocks.Add(lane.Clock);
        return lane;
    }

    private void Leave(CallControl control)
    {
        lock (_gate)
        {
            if (_running.Remove(control))
                _busy.Leave(Stopwatch.GetTimestamp());
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
                Count(next.Control);
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
