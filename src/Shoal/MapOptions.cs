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

    /// <summary>How often an item runs again after the worker that ran it died. An exception of the function is no such death.</summary>
    /// <value>1. At 0 the first death of its worker fails the item with a <see cref="WorkerLostException"/>.</value>
    public int Retries { get; init; } = 1;

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
        if (Retries < 0)
            (problems ??= []).Add($"Retries must be 0 or more (was {Retries})");
        if (Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestTimeout))
            (problems ??= []).Add(string.Create(CultureInfo.InvariantCulture, $"Timeout must be more than 0 and at most {LongestTimeout.Days} days (was {timeout})"));
        return problems is null ? this : throw new ArgumentException($"MapOptions is not valid: {string.Join("; ", problems)}.");
    }
}
