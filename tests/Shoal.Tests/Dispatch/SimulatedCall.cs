namespace Shoal.Tests.Dispatch;

/// <summary>A call of the simulated world: what its items do, and what became of them.</summary>
internal sealed class SimulatedCall
{
    public int Number { get; init; }

    public int Count { get; init; }

    public int Retries { get; init; }

    public bool Lazy { get; init; }

    public bool InputThrows { get; init; }

    public bool CallerWaits { get; set; }

    public long ItemTime { get; init; }

    public HashSet<long> Throwing { get; } = [];

    public HashSet<long> Deadly { get; } = [];

    /// <summary>How long an item may take, or 0.</summary>
    public long Timeout { get; set; }

    /// <summary>Items that take longer, and fail for it where they run.</summary>
    public HashSet<long> Slow { get; } = [];

    /// <summary>Items that never come to an end.</summary>
    public HashSet<long> Hanging { get; } = [];

    /// <summary>Whether its results are read while it runs, and in order.</summary>
    public bool Streams { get; set; }

    public bool Ordered { get; set; }

    public int Buffer { get; set; }

    public int MostInFlight { get; set; }

    public long InFlight { get; set; }

    /// <summary>How many results were read.</summary>
    public long Read { get; set; }

    public SortedSet<long> Unread { get; } = [];

    public HashSet<long> Thrown { get; } = [];

    /// <summary>The items that failed so far, for whatever reason.</summary>
    public IEnumerable<long> Failing => Thrown.Concat(Deaths.Where(death => death.Value > Retries).Select(death => death.Key)).Distinct();

    public bool Collects { get; set; }

    public HashSet<long> Finished { get; } = [];

    /// <summary>Items that were begun, but for those whose worker ended meanwhile.</summary>
    public HashSet<long> Begun { get; } = [];

    public Dictionary<long, int> Deaths { get; } = [];

    public OperationCanceledException? Cancellation { get; set; }

    public bool Completed { get; set; }

    public int Taken { get; set; }

    public int Asked { get; set; }

    public long FinishedItems => Finished.Count;

    public void Finish(long item) => Finished.Add(item).ShouldBeTrue($"item {item} finished twice");
}
