using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Threads;

/// <summary>Workers as threads of the pool's own, never the shared thread pool, whose other users could starve them.</summary>
internal sealed class ThreadBackend : IBackend, IMeasuredBackend
{
    private readonly Action? _initializer;
    private readonly Func<WorkerScope> _scope;
    private WorkerThread?[] _threads;
    private WorkClock[] _clocks;

    public ThreadBackend(PoolOptions options)
    {
        _initializer = options.Initializer;
        var depth = WorkerScope.DepthHere + 1;
        _scope = () => new WorkerScope(depth, options.Nested);
        _threads = new WorkerThread?[options.WorkersOrDefault];
        _clocks = [.. _threads.Select(_ => new WorkClock())];
        CallerLane = CreateLane(0);
    }

    public static BackendTraits ThreadTraits { get; } = new() { InProcess = true, SurvivesCrash = false, CanKill = false, CallerWorks = true, CanResize = true, GivesBack = true };

    public string Scheme => "threads";

    public BackendTraits Traits => ThreadTraits;

    /// <summary>Worker 0, whether the waiting caller or a thread runs it.</summary>
    public Lane CallerLane { get; private set; }

    public void Start(int worker, IBackendSink sink)
    {
        if (worker >= _threads.Length)
        {
            Array.Resize(ref _threads, worker + 1);
            _clocks = [.. _clocks, .. Enumerable.Range(_clocks.Length, worker + 1 - _clocks.Length).Select(_ => new WorkClock())];
        }

        var lane = worker == 0 ? CallerLane : CreateLane(worker);
        (_threads[worker] = new WorkerThread(lane, sink)).Start();
    }

    public void Send(int worker, Batch batch) => _threads[worker]?.Send(batch);

    public void Cancel(int worker, int call) => _threads[worker]?.Cancel(call);

    public void TakeBack(int worker, long batch, bool half) => _threads[worker]?.TakeBack(batch, half);

    public void Stop(int worker, bool kill)
    {
        _threads[worker]?.Stop(giveUp: kill);
        _threads[worker] = null;
        // A thread that is given up may go on for long: its time is not the replacement's.
        if (kill)
            _clocks[worker] = _clocks[worker].GoOn();
        // A thread keeps its lane, and with it what belongs to the worker: its replacement is another worker.
        if (worker == 0)
            CallerLane = CreateLane(0);
    }

    public WorkerWork WorkOf(int worker) => _clocks.ElementAtOrDefault(worker) is { } clock ? new(clock.Running, clock.Serializing) : default;

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread?.Stop(giveUp: true);
    }

    // All that stand in one place share its clock.
    private Lane CreateLane(int worker) => new(worker, _initializer, _scope()) { Clock = _clocks[worker] };
}
