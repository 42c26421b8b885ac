namespace Shoal.Processes;

/// <summary>What a worker may use of what its pool's process has.</summary>
/// <param name="Cores">The cores that the pool may use: all, or those of its container or of its own share.</param>
/// <param name="Workers">The workers that share them.</param>
internal sealed record WorkerShare(int Cores, int Workers)
{
    // A worker fails to start, or soon after, with less: so many workers in so little memory are the user's choice.
    private const long LeastHeap = 128L * 1024 * 1024;

    // Every start of a worker asks for it.
    private static readonly Lazy<long> MachineMemory = new(ReadMachineMemory);

    /// <summary>How large the heap of the pool's process may become where its container, or its own pool, limits it; none where the whole machine is there.</summary>
    public long? Heap { get; init; }

    /// <summary>The limit of a worker's memory, where the user set one.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The variables of the pool's process that its own pool gave it: nobody chose them.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>How many cores are for one worker, at least 1.</summary>
    public int WorkerCores => Math.Max(1, Cores / Workers);

    /// <summary>How large the heap of one worker may become; none where nothing limits it.</summary>
    public long? WorkerHeap => Heap is { } heap ? Math.Min(heap, Math.Max(LeastHeap, heap / Workers)) : null;

    /// <summary>The share of a worker of this process.</summary>
    public static WorkerShare Here(int workers, long? memoryLimit) => new(Environment.ProcessorCount, workers)
    {
        Heap = HeapOf(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MachineMemory.Value, AppContext.GetData),
        MemoryLimit = memoryLimit,
        Given = WorkerProcess.Given,
    };

    /// <summary>How large the heap may become where something but the machine limits it.</summary>
    /// <param name="available">What the runtime has for its heap: in a container three quarters of its limit.</param>
    /// <param name="machine">The machine's memory; 0 where it is not known.</param>
    /// <param name="setting">The settings of <c>runtimeconfig.json</c>, which workers have as well.</param>
    public static long? HeapOf(long available, long machine, Func<string, object?> setting)
        => available <= 0 || available >= machine || setting("System.GC.HeapHardLimit") is not null || setting("System.GC.HeapHardLimitPercent") is not null ? null : available;

    private static long ReadMachineMemory()
    {
        try
        {
            return ProcFile.Bytes("/proc/meminfo", "MemTotal:");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
