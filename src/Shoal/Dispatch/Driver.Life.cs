using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <content>Workers that leave, and how many there are.</content>
internal sealed partial class Driver : IResizable
{
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

    void IBackendSink.Spent(int worker)
    {
        lock (_gate)
            _dispatcher.Spent(Now, worker);
        CarryOut();
    }

    /// <summary>The reports of one worker from its start to its end: what still comes from one that has left its place is not taken for its replacement's.</summary>
    private sealed class WorkerSink(Driver driver, int incarnation) : IBackendSink
    {
        private IBackendSink Sink => driver;

        public void Ready(int worker, WorkerIdentity identity) => Sink.Ready(worker, identity);

        public void Running(int worker, int call, long index) => Sink.Running(worker, call, index);

        public void Finished(int worker, int call, long index, int count) => Sink.Finished(worker, call, index, count);

        public void Failed(int worker, int call, long index, Exception error) => Sink.Failed(worker, call, index, error);

        public void Spent(int worker)
        {
            lock (driver._gate)
            {
                if (HasLeft(worker))
                    return;
            }

            Sink.Spent(worker);
        }

        public void Lost(int worker, WorkerLoss loss)
        {
            lock (driver._gate)
            {
                if (HasLeft(worker))
                    driver._dispatcher.Left();
                else
                    driver._dispatcher.Lost(Now, worker, loss);
            }

            driver.CarryOut();
        }

        private bool HasLeft(int worker) => driver._dispatcher.Incarnation(worker) != incarnation;
    }
}
