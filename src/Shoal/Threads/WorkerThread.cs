using System.Diagnostics;
using System.Globalization;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Threads;

/// <summary>One thread that waits for batches, runs them and reports.</summary>
internal sealed class WorkerThread(Lane lane, IBackendSink sink)
{
    // The next batch follows the report of the last by about a microsecond: parking in between would cost ten times that.
    private static readonly long SpinTime = Environment.ProcessorCount > 1 ? 10 * TimeSpan.TicksPerMicrosecond : 0;
    private const int SpinsBetweenLooks = 10;

    private readonly object _gate = new();
    private volatile bool _todo;
    private volatile bool _givenUp;
    private bool _parked;
    private bool _stop;
    private Batch? _batch;

    public void Start()
    {
        var thread = new Thread(Work)
        {
            IsBackground = true,
            Name = string.Create(CultureInfo.InvariantCulture, $"Shoal worker {lane.Worker}"),
        };
        // Without the flow of the context of whoever starts it: a worker's scope is its own.
        thread.UnsafeStart();
    }

    public void Send(Batch batch)
    {
        lane.Prepare(batch);
        lock (_gate)
        {
            _batch = batch;
            Wake();
        }
    }

    public void Cancel(int call) => lane.Cancel(call);

    public void TakeBack(long batch, bool half)
    {
        var from = lane.GiveBack(batch, half);
        Report(to => to.TakenBack(lane.Worker, batch, from));
    }

    /// <summary>Ends the thread when it is idle; one that does not stop is left alone, and is not heard any more.</summary>
    public void Stop(bool giveUp)
    {
        lock (_gate)
        {
            _stop = true;
            Wake();
            if (!giveUp || _givenUp)
                return;
            _givenUp = true;
        }

        sink.Lost(lane.Worker, new WorkerLoss { Asked = true, ProcessId = Environment.ProcessId });
    }

    private void Work()
    {
        try
        {
            lane.Initialize();
        }
        catch (Exception error)
        {
            Report(to => to.Lost(lane.Worker, new WorkerLoss { StartError = error, ProcessId = Environment.ProcessId }));
            return;
        }

        Report(to => to.Ready(lane.Worker, new WorkerIdentity(Environment.ProcessId, Environment.MachineName)));
        while (Next() is { } batch)
        {
            if (batch.Job is PoolJob job && (job.Streams || job.Options.Timeout is not null))
                RunOneByOne(job, batch);
            else if (lane.Run(batch) is var run && !_givenUp)
                run.Report(sink);
        }

        Report(to => to.Lost(lane.Worker, new WorkerLoss { Asked = true, ProcessId = Environment.ProcessId }));
    }

    // Under a time limit the dispatcher has to know which item runs, and since when; the reader of a stream must not wait for a slow item behind its own.
    private void RunOneByOne(PoolJob job, Batch batch)
    {
        if (!lane.TryBegin(batch, batch.Start))
            return;
        for (var index = batch.Start; !_givenUp; index++)
        {
            sink.Running(lane.Worker, job.Call, index);
            var error = lane.Run(job, index, 1, batch.Attempt, out var done);
            // Before the report: it may bring the next batch.
            var last = done == 0 || !lane.TryBegin(batch, index + 1);
            if (done == 0)
                _ = lane.EndBatch();
            if (!_givenUp)
                new LaneRun(lane, batch with { Start = index, Count = 1 }, done, error).Report(sink);
            if (last)
                return;
        }
    }

    private void Report(Action<IBackendSink> report)
    {
        lock (_gate)
        {
            if (_givenUp)
                return;
        }

        report(sink);
    }

    private Batch? Next()
    {
        var start = Stopwatch.GetTimestamp();
        while (!_todo && Stopwatch.GetElapsedTime(start).Ticks < SpinTime)
            Thread.SpinWait(SpinsBetweenLooks);
        lock (_gate)
        {
            while (_batch is null && !_stop)
            {
                _parked = true;
                Monitor.Wait(_gate);
                _parked = false;
            }

            _todo = false;
            var batch = _batch;
            _batch = null;
            return batch;
        }
    }

    private void Wake()
    {
        _todo = true;
        if (_parked)
            Monitor.Pulse(_gate);
    }
}
