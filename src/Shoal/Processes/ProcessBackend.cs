using System.Globalization;
using System.Reflection;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Functions;
using Shoal.Reporting;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>Workers that are processes: the user's own program, started again, serving a pool instead of running its <c>Main</c>.</summary>
internal sealed class ProcessBackend : IBackend, IDrivenBackend, IMeasuredBackend
{
    private const long MostKeptBytes = 512L << 20;

    private static readonly TimeSpan HelloBase = TimeSpan.FromSeconds(20);

    // Several times the tenth of a second of one core that a start takes on a busy machine.
    private static readonly TimeSpan HelloShare = TimeSpan.FromSeconds(0.5);

    private readonly RingDriver _driver = new();
    private readonly TimeSpan? _helloLimit;

    private readonly Lock _lock = new();
    private readonly List<ProcessWorker> _alive = [];
    private readonly ConsoleRelay _relay;
    private readonly MemoryWatch? _memory;
    private ProcessWorker?[] _workers;
    private Dictionary<int, WorkerWork>? _gone; // made when a worker ends: to compile it takes time that a start has not
    private bool _disposed;
    private long _bytesSent;

    /// <summary>Looks at the host, and starts nothing yet.</summary>
    /// <exception cref="ShoalException">This program cannot be started as a worker.</exception>
    /// <exception cref="InvalidOperationException">This process is a worker itself.</exception>
    /// <exception cref="ArgumentException">The initializer cannot travel.</exception>
    public ProcessBackend(PoolOptions options)
        : this(options, PlanHere())
    {
    }

    /// <summary>A back end with another way to start its workers.</summary>
    internal ProcessBackend(PoolOptions options, LaunchPlan plan)
    {
        Plan = plan;
        WorkerCount = options.Workers ?? Environment.ProcessorCount;
        Options = options;
        _workers = new ProcessWorker?[WorkerCount];
        if (options.Initializer is not null)
            WireFormat.Write(Initializer, options.Initializer, "Initializer", FunctionOptions.For(options.Initializer));
        Cultures = ChosenCultures.Here();
        Entry = Assembly.GetEntryAssembly();
        UsesRings = Transport.UsesRings(options);
        // What was sent ahead must not wait behind a slow item while another worker is idle: without a way back nothing is.
        var givesBack = UsesRings && Posix.HasFences;
        Traits = ProcessTraits with { SendsAhead = givesBack, GivesBack = givesBack };
        _relay = new ConsoleRelay();
        if (options.MemoryLimit is not null)
            _memory = new MemoryWatch(Alive);
    }

    public string Scheme => "processes";

    /// <summary>What worker processes can do wherever they run.</summary>
    public static BackendTraits ProcessTraits { get; } = new() { InProcess = false, SurvivesCrash = true, CanKill = true, CanResize = true };

    public BackendTraits Traits { get; }

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public LaunchPlan Plan { get; }

    public PoolOptions Options { get; }

    public int WorkerCount { get; private set; }

    /// <summary>The initializer as bytes: written once, sent to each worker and each replacement.</summary>
    public System.Buffers.ArrayBufferWriter<byte> Initializer { get; } = new();

    /// <summary>The cultures of the thread that opened the pool.</summary>
    public ChosenCultures Cultures { get; }

    /// <summary>How many pools its workers are inside of.</summary>
    public int Depth { get; } = WorkerScope.DepthHere + 1;

    public Assembly? Entry { get; }

    public ConsoleRelay Relay => _relay;

    /// <summary>Whether workers are offered rings in shared memory.</summary>
    public bool UsesRings { get; }

    /// <summary>
    /// How many bytes of large arrays each worker keeps for functions that may capture them again: half a gigabyte, and not more than an eighth of the machine's memory
    /// for all workers.
    /// </summary>
    public long KeptBytes => Math.Min(MostKeptBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8 / WorkerCount);

    /// <summary>Large arrays that all workers see.</summary>
    public FiledContents Contents { get; } = new();

    /// <summary>Who reads the rings.</summary>
    public RingDriver Driver => _driver;

    /// <summary>How long a worker may take to end after it was asked to, and has nothing to do.</summary>
    public TimeSpan ExitLimit => Options.Grace > TimeSpan.FromSeconds(1) ? Options.Grace : TimeSpan.FromSeconds(1);

    /// <summary>How long a child may take until it says that it is a worker: longer where many share the cores, since they may all start at once.</summary>
    public TimeSpan HelloLimit
    {
        get => _helloLimit ?? HelloBase + HelloShare * WorkerCount / Environment.ProcessorCount;
        init => _helloLimit = value;
    }

    /// <summary>Whether what workers print stands behind their number and process on the caller's console.</summary>
    public bool LabelsOutput { get; init; } = true;

    /// <summary>Called with the number of each process as soon as it exists.</summary>
    public Action<int>? Spawned { get; init; }

    public void Start(int worker, IBackendSink sink)
    {
        ProcessWorker started = new(this, worker, sink);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (worker >= _workers.Length)
                Array.Resize(ref _workers, worker + 1);
            if (_workers[worker] is { IsLeaving: false })
                throw new InvalidOperationException($"Worker {worker} is still alive.");
            _workers[worker] = started;
            _alive.Add(started);
        }
        started.Start();
    }

    public void Resize(int workers) => WorkerCount = workers;

    public void Send(int worker, Batch batch) => Find(worker)?.Send(batch);

    public void Cancel(int worker, int call) => Find(worker)?.Cancel(call);

    public void TakeBack(int worker, long batch, bool half) => Find(worker)?.TakeBack(batch, half);

    public void Stop(int worker, bool kill) => Find(worker)?.Stop(kill);

    public bool Drive(Func<bool> stop) => _driver.Drive(stop);

    /// <summary>Kills what is still alive and waits until it is gone.</summary>
    public void Dispose()
    {
        ProcessWorker[] left;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            left = [.. _alive];
        }
        _memory?.Dispose();
        foreach (ProcessWorker worker in left)
            worker.Stop(kill: true);
        foreach (ProcessWorker worker in left)
            worker.Join();
        _relay.Dispose();
    }

    /// <summary>What stands before the lines that a worker prints.</summary>
    public string LabelOf(int worker, int process) => LabelsOutput ? string.Create(CultureInfo.InvariantCulture, $"[worker {worker}, pid {process}] ") : "";

    /// <summary>A worker was sent this much.</summary>
    public void CountSent(long bytes)
    {
        Interlocked.Add(ref _bytesSent, bytes);
        Telemetry.Moved(bytes, sent: true);
    }

    /// <summary>The worker's number is free again.</summary>
    public void Forget(ProcessWorker worker)
    {
        lock (_lock)
        {
            if (_workers[worker.Number] == worker)
                _workers[worker.Number] = null;
            _ = _alive.Remove(worker);
            _gone ??= [];
            _gone[worker.Number] = _gone.GetValueOrDefault(worker.Number) + worker.Ledger.Work;
        }
    }

    private ProcessWorker[] Alive()
    {
        lock (_lock)
            return [.. _alive];
    }

    public WorkerWork WorkOf(int worker)
    {
        lock (_lock)
        {
            WorkerWork work = _gone?.GetValueOrDefault(worker) ?? default;
            // One that is leaving may have a replacement already.
            foreach (ProcessWorker alive in _alive)
            {
                if (alive.Number == worker)
                    work += alive.Ledger.Work;
            }

            return work;
        }
    }

    private static LaunchPlan PlanHere()
    {
        WorkerGuard.Check();
        if (WorkerProcess.IsWorker && !WorkerProcess.Nests)
            throw new InvalidOperationException("This process is a worker of a Shoal pool already, and its share of the cores is taken. Use Pool.Serial() or Pool.Auto() inside a function that a pool runs, or set PoolOptions.Nested of that pool.");
        return LaunchPlanner.Plan(HostFacts.Read());
    }

    // A worker that has just died is not found: its loss is already on the way to the pool.
    private ProcessWorker? Find(int worker)
    {
        lock (_lock)
            return worker < _workers.Length ? _workers[worker] : null;
    }
}
