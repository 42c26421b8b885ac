using System.Diagnostics;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <summary>How long calls were open and workers were there, for the report. Times are ticks of 100 ns. Under the lock of its driver.</summary>
/// <param name="callerWorks">Whether a caller may work in the place of worker 0: then somebody is there from the first call on.</param>
internal sealed class PoolAccounts(bool callerWorks)
{
    private readonly List<WorkerAccount> _workers = [];
    private readonly BusyClock _open = new();
    private readonly BusyClock _awaited = new();
    private long _calls;

    /// <summary>A call is open from here on.</summary>
    public void CallBegan(long now, bool streams)
    {
        _calls++;
        _open.Enter(now);
        if (!streams)
            _awaited.Enter(now);
        if (callerWorks && Of(0) is { IsThere: false } first)
            first.Came(now, _open.Total(now));
    }

    /// <summary>The outcome of a call is known.</summary>
    public void CallEnded(long now, bool streams)
    {
        _open.Leave(now);
        if (!streams)
            _awaited.Leave(now);
    }

    /// <summary>The reader of a stream waits for a result.</summary>
    public void ReaderWaits(long now) => _awaited.Enter(now);

    /// <summary>The reader of a stream waits no more.</summary>
    public void ReaderGoesOn(long now) => _awaited.Leave(now);

    public void Starts(long now, int worker) => Of(worker).StartsAt = now;

    /// <summary>A worker takes work.</summary>
    public void Ready(long now, int worker, WorkerIdentity identity)
    {
        var account = Of(worker);
        account.Ready(now, identity);
        if (!account.IsThere)
            account.Came(now, _open.Total(now));
    }

    /// <summary>A worker is gone, or has left its place.</summary>
    public void Gone(long now, int worker)
    {
        var account = Of(worker);
        account.EndsStart(now);
        if (worker > 0 || !callerWorks)
            account.Went(now, _open.Total(now));
    }

    /// <summary>The pool has ended: nobody is there any more.</summary>
    public void Ended(long now)
    {
        foreach (var account in _workers)
            account.Went(now, _open.Total(now));
    }

    /// <summary>Adds what is known here to a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="now">The time.</param>
    /// <param name="tallies">What the dispatcher counted, by worker.</param>
    /// <param name="backend">What knows where the workers' time went, if anything does.</param>
    public PoolReport Complete(PoolReport report, long now, IEnumerable<WorkerTally> tallies, IMeasuredBackend? backend)
    {
        var workers = tallies.Select((tally, worker) => Of(worker).Report(worker, now, _open.Total(now), tally, backend?.WorkOf(worker) ?? default)).ToArray();
        return report with
        {
            Calls = _calls,
            WorkersAlive = _workers.Count(account => account.IsThere),
            BytesReceived = workers.Sum(worker => worker.BytesReceived),
            WallTime = TimeSpan.FromTicks(_awaited.Total(now)),
            LoopTime = TimeSpan.FromTicks(workers.Sum(worker => worker.Running.Ticks)),
            PerWorker = workers,
        };
    }

    private WorkerAccount Of(int worker)
    {
        while (_workers.Count <= worker)
            _workers.Add(new WorkerAccount());
        return _workers[worker];
    }

    /// <summary>One worker's place.</summary>
    private sealed class WorkerAccount
    {
        private WorkerIdentity? _identity;
        private long _starting;
        private long _there;
        private long _thereInCalls;
        private long _cameAt;
        private long _openAtCame;

        public bool IsThere { get; private set; }

        public long? StartsAt { get; set; }

        public void Ready(long now, WorkerIdentity identity)
        {
            _identity = identity;
            EndsStart(now);
        }

        public void EndsStart(long now)
        {
            _starting += now - (StartsAt ?? now);
            StartsAt = null;
        }

        public void Came(long now, long open) => (IsThere, _cameAt, _openAtCame) = (true, now, open);

        public void Went(long now, long open)
        {
            if (IsThere)
                (IsThere, _there, _thereInCalls) = (false, _there + now - _cameAt, _thereInCalls + open - _openAtCame);
        }

        public WorkerReport Report(int worker, long now, long open, WorkerTally tally, WorkerWork work)
        {
            var there = IsThere ? _there + now - _cameAt : _there;
            var inCalls = IsThere ? _thereInCalls + open - _openAtCame : _thereInCalls;
            var running = Time(work.Running);
            var serializing = Time(work.Serializing);
            var busy = running.Ticks + serializing.Ticks;
            var process = _identity?.ProcessId ?? (IsThere ? Environment.ProcessId : null);
            return new WorkerReport
            {
                Worker = worker,
                ProcessId = process,
                Host = _identity?.Host ?? (IsThere ? Environment.MachineName : null),
                Starting = TimeSpan.FromTicks(_starting + (StartsAt is { } since ? now - since : 0)),
                Running = running,
                Serializing = serializing,
                PoolSerializing = Time(work.PoolSerializing),
                // Work may outlast its call, which did not wait for it.
                Waiting = TimeSpan.FromTicks(Math.Max(0, inCalls - busy)),
                Idle = TimeSpan.FromTicks(Math.Max(0, there - Math.Max(inCalls, busy))),
                Batches = tally.Batches,
                Items = tally.Items,
                BytesSent = work.BytesSent,
                BytesReceived = work.BytesReceived,
                Retries = tally.RunAgain,
                Lost = tally.Lost,
                Recycles = tally.Recycled,
            };
        }

        private static TimeSpan Time(long ticks) => Stopwatch.GetElapsedTime(0, ticks);
    }
}
