namespace Shoal;

/// <summary>What one call of a verb may change. Immutable; the defaults are right for most calls.</summary>
public sealed record MapOptions
{
    internal static MapOptions Default { get; } = new();

    /// <summary>How many items a worker is handed at once.</summary>
    /// <value>Measured cost decides. Results never depend on it.</value>
    public int? Batch { get; init; }

    /// <summary>How often an item runs again after the worker that ran it died. An exception of the function is no such death.</summary>
    /// <value>1. At 0 the first death of its worker fails the item with a <see cref="WorkerLostException"/>.</value>
    public int Retries { get; init; } = 1;

    /// <summary>The seed of <see cref="ItemContext.Random"/>.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>Is told how many items are done: at most every 50 ms, and once at the end.</summary>
    /// <value>None. It is called directly, one call at a time, by a thread of the pool or by the caller; it should be quick. What it throws fails the call.</value>
    public IProgress<PoolProgress>? Progress { get; init; }

    internal MapOptions Validated()
    {
        List<string>? problems = null;
        if (Batch is < 1)
            (problems ??= []).Add($"Batch must be 1 or more (was {Batch})");
        if (Retries < 0)
            (problems ??= []).Add($"Retries must be 0 or more (was {Retries})");
        return problems is null ? this : throw new ArgumentException($"MapOptions is not valid: {string.Join("; ", problems)}.");
    }
}
