using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <content>Workers that leave, and how many there are.</content>
internal sealed partial class Driver : IResizable
{
    private long _recycledTold;

    public int Workers
    {
        get
        {
            lock (_gate)
                return _dispatcher.WorkerCount;
        }
    }

    public void Resize(int workers)
    {
        lock (_gate)
            _dispatcher.Resize(Now, workers);
        CarryOut();
    }

    // Under the lock.
    private void Lose(int worker, WorkerLoss loss)
    {
        var counters = _dispatcher.Counters;
        if (_dispatcher.CallOf(worker) is { } number && _calls.TryGetValue(number, out var call) && call.Job.Trace is { } trace)
            DriverTelemetry.Tell(trace, worker, loss);
        var (lost, runAgain) = (counters.Lost, counters.RunAgain);
        _accounts.Gone(Now, worker);
        _dispatcher.Lost(Now, worker, loss);
        _telemetry.Gone(counters.Lost > lost, counters.RunAgain - runAgain);
        TellRecycled();
    }

    // A worker that is told to stop leaves its place, and another may have it before it is gone.
    private void Stop(int worker)
    {
        lock (_gate)
        {
            _accounts.Gone(Now, worker);
            TellRecycled();
        }

        _backend.Stop(worker, kill: false);
    }

    private void TellRecycled()
    {
        for (; _recycledTold < _dispatcher.Counters.Recycled; _recycledTold++)
            _telemetry.Recycled();
    }

    /// <summary>The reports of one worker from its start to its end: what still comes from one that has left its place is not taken for its replacement's.</summary>
    private sealed class WorkerSink(Driver driver, int incarnation) : IBackendSink
    {
        private IBackendSink Sink => driver;

        public void Ready(int worker, WorkerIdentity identity) => Sink.Ready(worker, identity);

        public void Running(int worker, int call, long index) => Sink.Running(worker, call, index);

        public void Finished(int worker, int call, long index, int count) => Sink.Finished(worker, call, index, count);

        public void Failed(int worker, int call, long index, Exception error) => Sink.Failed(worker, call, index, error);

        public void TakenBack(int worker, long batch, long? from)
        {
            lock (driver._gate)
            {
                if (!HasLeft(worker))
                    driver._dispatcher.TakenBack(Now, worker, batch, from);
            }

            driver.CarryOut();
        }

        public void Spent(int worker)
        {
            lock (driver._gate)
            {
                if (!HasLeft(worker))
                    driver._dispatcher.Spent(Now, worker);
            }

            driver.CarryOut();
        }

        public void Lost(int worker, WorkerLoss loss)
        {
            lock (driver._gate)
            {
                if (HasLeft(worker))
                    driver._dispatcher.Left();
                else
                    driver.Lose(worker, loss);
            }

            driver.CarryOut();
        }

        private bool HasLeft(int worker) => driver._dispatcher.Incarnation(worker) != incarnation;
    }
}
