using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Threads;

/// <summary>Workers as threads of the pool's own, never the shared thread pool, whose other users could starve them.</summary>
internal sealed class ThreadBackend : IBackend
{
    private readonly Action? _initializer;
    private readonly WorkerThread?[] _threads;

    public ThreadBackend(PoolOptions options)
    {
        _initializer = options.Initializer;
        _threads = new WorkerThread?[options.WorkersOrDefault];
        CallerLane = new Lane(0, _initializer);
    }

    public static BackendTraits ThreadTraits { get; } = new() { InProcess = true, SurvivesCrash = false, CanKill = false, CallerWorks = true, GivesBack = true };

    public string Scheme => "threads";

    public BackendTraits Traits => ThreadTraits;

    /// <summary>Worker 0, whether the waiting caller or a thread runs it.</summary>
    public Lane CallerLane { get; private set; }

    public void Start(int worker, IBackendSink sink)
    {
        var lane = worker == 0 ? CallerLane : new Lane(worker, _initializer);
        (_threads[worker] = new WorkerThread(lane, sink)).Start();
    }

    public void Send(int worker, Batch batch) => _threads[worker]?.Send(batch);

    public void Cancel(int worker, int call) => _threads[worker]?.Cancel(call);

    public void TakeBack(int worker, long batch, bool half) => _threads[worker]?.TakeBack(batch, half);

    public void Stop(int worker, bool kill)
    {
        _threads[worker]?.Stop(giveUp: kill);
        _threads[worker] = null;
        // A thread that was given up keeps its lane, and with it what belongs to the worker.
        if (worker == 0 && kill)
            CallerLane = new Lane(0, _initializer);
    }

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread?.Stop(giveUp: true);
    }
}
