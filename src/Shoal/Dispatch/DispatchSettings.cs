namespace Shoal.Dispatch;

/// <summary>What the dispatcher knows of its back end. Times are ticks of 100 ns.</summary>
internal sealed record DispatchSettings
{
    /// <summary>The spec without a count, for messages.</summary>
    public required string Scheme { get; init; }

    /// <summary>How many workers run at once, to begin with.</summary>
    public required int Workers { get; init; }

    /// <summary>Start all workers when the pool opens, rather than when work finds none idle.</summary>
    public bool EagerStart { get; init; }

    /// <summary>A call that failed waits for items that still run, up to the grace: in the caller's process they would go on using its memory.</summary>
    public bool WaitsForStragglers { get; init; }

    /// <summary>Calls begin on the caller and are spread once their measured cost says that it pays.</summary>
    public bool Probes { get; init; }

    /// <summary>A worker that is busy may be sent its next batch already.</summary>
    public bool SendsAhead { get; init; }

    /// <summary>A worker gives up what it has not begun, for one that is idle.</summary>
    public bool TakesBack { get; init; }

    /// <summary>How long work that was told to stop may take.</summary>
    public long Grace { get; init; } = TimeSpan.FromSeconds(2).Ticks;

    /// <summary>How many items a worker may be handed until it is replaced; 0 for as many as there are.</summary>
    public int TasksPerWorker { get; init; }

    /// <summary>How long a worker may have nothing to do until it leaves; 0 for as long as the pool is open.</summary>
    public long IdleTimeout { get; init; }

    /// <summary>How long a batch should take: 20–50 times what it costs to hand one out.</summary>
    public long BatchTime { get; init; } = Constants.BatchTimeAcrossProcesses;
}
