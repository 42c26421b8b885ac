using Shoal.Reporting;

namespace Shoal;

/// <summary>What a pool has done so far, over all its calls, and where the time went. A snapshot; immutable.</summary>
public sealed record PoolReport
{
    /// <summary>The pool's spec, such as <c>processes:2</c>.</summary>
    public required string Pool { get; init; }

    /// <summary>How many workers it runs at once.</summary>
    public required int Workers { get; init; }

    /// <summary>Calls that were begun. Those made inside items are part of these.</summary>
    public long Calls { get; init; }

    /// <summary>Workers that came up, replacements included.</summary>
    public long WorkersStarted { get; init; }

    /// <summary>Workers that are there now; a caller that works in the place of one counts from its first call on.</summary>
    public int WorkersAlive { get; init; }

    /// <summary>Workers that ended without being asked.</summary>
    public long WorkersLost { get; init; }

    /// <summary>
    /// Workers that the pool itself ended and put others in their places: because of <see cref="PoolOptions.TasksPerWorker"/> or <see cref="PoolOptions.MemoryLimit"/> between two
    /// batches, or because their work did not stop when it was told to. They are not lost.
    /// </summary>
    public long WorkersRecycled { get; init; }

    /// <summary>Threads that did not stop when told and were given up.</summary>
    public long WorkersAbandoned { get; init; }

    /// <summary>Items whose results came in.</summary>
    public long Items { get; init; }

    /// <summary>Runs of items that had to be repeated because the worker that ran them died.</summary>
    public long ItemsRunAgain { get; init; }

    /// <summary>Batches that were handed out.</summary>
    public long Batches { get; init; }

    /// <summary>Bytes of functions and items that were sent to workers; 0 where nothing crosses a wire.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes of results and errors that came from workers; 0 where nothing crosses a wire.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Callbacks of <see cref="PoolTask{R}.Then"/> that threw.</summary>
    public long CallbackErrors { get; init; }

    /// <summary>How long calls took: the time in which at least one was open. Of a stream counts only the time in which its reader waited.</summary>
    public TimeSpan WallTime { get; init; }

    /// <summary>
    /// What the plain loop would have taken for the same items: the time inside the user's function, summed over all workers. An estimate where several run at once,
    /// since they share caches, memory and maybe cores, and where items are short, whose times are measured in samples.
    /// </summary>
    public TimeSpan LoopTime { get; init; }

    /// <summary>How many times faster than the loop the calls were: <see cref="LoopTime"/> by <see cref="WallTime"/>. Below 1 the loop would have won. None before the first call.</summary>
    public double? Speedup => WallTime > TimeSpan.Zero ? LoopTime / WallTime : null;

    /// <summary>What each worker did, by its number. For a plain loop one, which is whoever calls.</summary>
    public IReadOnlyList<WorkerReport> PerWorker { get; init; } = [];

    /// <summary>
    /// The report for people: a line for each worker, then where the time went, whether the plain loop would have won, what to change, and what went wrong.
    /// </summary>
    /// <returns>Lines of text, each with its end. Their words may change between versions: read the properties instead.</returns>
    public string Explain() => Explanation.Of(this);
}
