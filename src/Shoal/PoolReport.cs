namespace Shoal;

/// <summary>What a pool has done so far, over all its calls. A snapshot; immutable.</summary>
public sealed record PoolReport
{
    /// <summary>The pool's spec, such as <c>processes:2</c>.</summary>
    public required string Pool { get; init; }

    /// <summary>How many workers it runs at once.</summary>
    public required int Workers { get; init; }

    /// <summary>Workers that came up, replacements included.</summary>
    public long WorkersStarted { get; init; }

    /// <summary>Workers that ended without being asked.</summary>
    public long WorkersLost { get; init; }

    /// <summary>Threads that did not stop when told and were given up.</summary>
    public long WorkersAbandoned { get; init; }

    /// <summary>Workers that were replaced because of <see cref="PoolOptions.TasksPerWorker"/> or <see cref="PoolOptions.MemoryLimit"/>, between two batches. They are not lost.</summary>
    public long WorkersRecycled { get; init; }

    /// <summary>Items whose results came in.</summary>
    public long Items { get; init; }

    /// <summary>Runs of items that had to be repeated because the worker that ran them died.</summary>
    public long ItemsRunAgain { get; init; }

    /// <summary>Batches that were handed out.</summary>
    public long Batches { get; init; }

    /// <summary>Bytes of functions and items that were sent to workers; 0 where nothing crosses a wire.</summary>
    public long BytesSent { get; init; }

    /// <summary>Callbacks of <see cref="PoolTask{R}.Then"/> that threw.</summary>
    public long CallbackErrors { get; init; }
}
