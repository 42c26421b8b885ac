namespace Shoal;

/// <summary>What is fixed when a pool opens. Immutable; what a back end cannot keep is refused when the pool opens.</summary>
public sealed partial record PoolOptions
{
    /// <summary>How many workers run at once, to begin with: <see cref="Pool.Resize"/> changes it.</summary>
    /// <value>The number of processors that the program may use. More than that is allowed.</value>
    public int? Workers { get; init; }

    /// <summary>Runs once in each worker before its first item, and in each worker that replaces one.</summary>
    /// <value>None. Where it throws, the pool is broken and every call fails with that exception.</value>
    public Action? Initializer { get; init; }

    /// <summary>Environment variables of the workers, beside those that they inherit; a null removes one. Worker processes only.</summary>
    /// <value>None.</value>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>After how many items a worker is replaced by a fresh one, for functions that leak. Worker processes only: what a thread leaks is the program's, and the caller, who works beside threads, cannot be replaced.</summary>
    /// <value>None: a worker runs as many as there are.</value>
    /// <remarks>
    /// A worker never runs more: batches are cut to what is left of its count. It ends by itself when it has finished, its replacement starts at the same time; no item is blamed or runs twice for it.
    /// In <c>Reduce</c> a block of 64 items counts as one. <see cref="PoolReport.WorkersRecycled"/> tells how many were replaced.
    /// </remarks>
    public int? TasksPerWorker { get; init; }

    /// <summary>How long a worker may have nothing to do until it leaves and gives its memory back. The next call starts workers again, as many as it needs.</summary>
    /// <value>None: workers stay as long as the pool is open. More than 0 and at most 24 days.</value>
    /// <remarks>Those that come back run <see cref="Initializer"/> and make what a <see cref="WorkerLocal{T}"/> holds anew. A plain loop holds no worker.</remarks>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How many bytes of memory a worker may use. Worker processes only, and only on Linux.</summary>
    /// <value>None. 64 MB (67,108,864) or more: an idle worker needs about 40 MB.</value>
    /// <remarks>
    /// Counted is what is resident of the worker's own process, without memory that it shares with others, such as a <see cref="SharedArray{T}"/>, and without what it starts. A worker that is above the limit when it has finished
    /// a batch is replaced, and nobody is blamed (<see cref="PoolReport.WorkersRecycled"/>). One that is above it while it runs a batch is killed within about 0.2 seconds, as if it had died: the item that it runs is blamed, runs again as
    /// <see cref="MapOptions.Retries"/> allows, and then fails with a <see cref="WorkerLostException"/> that names the limit and what was used.
    /// </remarks>
    public long? MemoryLimit { get; init; }

    /// <summary>Whether pools that the functions of this pool open have workers of their own: threads, or processes that the worker starts.</summary>
    /// <value>False: a verb that is called inside an item is a loop there.</value>
    /// <remarks>
    /// It holds for pools that are opened inside an item, by the worker that runs it; a pool from outside stays a loop there, since its workers may be waiting for this very item. Set it again in the inner pool to go one
    /// deeper: 3 pools inside one another are the limit. Each worker process may use its share of the cores, and that is what the number of workers of an inner pool is by default, and what native libraries are told.
    /// Pass <see cref="ItemContext.Cancel"/> on to inner verbs; when a worker process ends or is killed, the workers of its pools end with it. On threads inner pools end when they are disposed.
    /// </remarks>
    public bool Nested { get; init; }

    /// <summary>How long work that was told to stop may take until it is ended by force.</summary>
    /// <value>2 seconds. After Ctrl-C and <see cref="Pool.Terminate"/> 0.2 seconds.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);
}
