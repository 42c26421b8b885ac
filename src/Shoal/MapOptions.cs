using System.Globalization;

namespace Shoal;

/// <summary>What one call of a verb may change. Immutable; the defaults are right for most calls.</summary>
public sealed record MapOptions
{
    // What a timer takes.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);

    internal static MapOptions Default { get; } = new();

    /// <summary>How many items a worker is handed at once.</summary>
    /// <value>Measured cost decides. Results never depend on it.</value>
    public int? Batch { get; init; }

    /// <summary>How far a call may run ahead. In a stream: how many items may be taken from the input, under way or finished ahead of what its reader took.</summary>
    /// <value>A few batches for each worker, and no more than 65,536 items; for other verbs, which need no reader: how many items may be taken from a lazy input ahead of those that are done, at least 64 by default.</value>
    /// <remarks>In a stream fewer than the workers leave some of them idle. A plain loop takes a batch, runs it, gives its results, and is never further ahead.</remarks>
    public int? Buffer { get; init; }

    /// <summary>How many items of this call workers may have at once, and thus the most that run at the same time: for a service that takes no more than so many requests.</summary>
    /// <value>As many as the workers and the batches allow.</value>
    public int? InFlight { get; init; }

    /// <summary>How often an item runs again after the worker that ran it died. An exception of the function is no such death.</summary>
    /// <value>1; 0 for <c>ForEach</c>. At 0 the first death of its worker fails the item with a <see cref="WorkerLostException"/>.</value>
    public int? Retries { get; init; }

    /// <summary>What becomes of the call when an item fails.</summary>
    /// <value><see cref="OnFailure.Stop"/>: the lowest item that fails ends it. An input that throws always does.</value>
    public OnFailure OnFailure { get; init; }

    /// <summary>How long one item may take, from when its worker begins with it until its result is there.</summary>
    /// <value>As long as it likes.</value>
    /// <remarks>
    /// An item that takes longer fails with a <see cref="TimeoutException"/>, as if it had thrown it, and never runs again: first <see cref="ItemContext.Cancel"/> is cancelled; after
    /// <see cref="PoolOptions.Grace"/> a worker process is killed with its children and replaced, and what else was in its batch runs elsewhere. A thread cannot be killed: it is given up and
    /// replaced, and the caller does not work on items meanwhile. A plain loop fails when the function comes back. Reading an item and writing its result count where they travel.
    /// </remarks>
    public TimeSpan? Timeout { get; init; }

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
        if (Buffer is < 1)
            (problems ??= []).Add($"Buffer must be 1 or more (was {Buffer})");
        if (InFlight is < 1)
            (problems ??= []).Add($"InFlight must be 1 or more (was {InFlight})");
        if (Retries is < 0)
            (problems ??= []).Add($"Retries must be 0 or more (was {Retries})");
        if (Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestTimeout))
            (problems ??= []).Add(string.Create(CultureInfo.InvariantCulture, $"Timeout must be more than 0 and at most {LongestTimeout.Days} days (was {timeout})"));
        if (OnFailure is not (OnFailure.Stop or OnFailure.Collect))
            (problems ??= []).Add($"OnFailure must be Stop or Collect (was {OnFailure})");
        return problems is null ? this : throw new ArgumentException($"MapOptions is not valid: {string.Join("; ", problems)}.");
    }
}
