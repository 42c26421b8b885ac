using Shoal.Calls;

namespace Shoal;

/// <content>A pool that remembers.</content>
public sealed partial class Pool
{
    /// <summary>This pool with a memory on disk: what was computed before, by this program or another run of it, is read instead of run.</summary>
    /// <param name="folder">The folder, made where it is not there.</param>
    /// <returns>Verbs over this pool, which stays open and has to be disposed as before.</returns>
    /// <exception cref="ArgumentException">The folder's name is empty, or others may write to it.</exception>
    /// <exception cref="ShoalException">The folder cannot be made or written to.</exception>
    public CachedPool Cached(string folder) => Cached(new CacheOptions { Folder = folder });

    /// <summary>This pool with a memory on disk, and options.</summary>
    /// <param name="options">Where the results are kept, how many, and what else they depend on.</param>
    /// <returns>Verbs over this pool, which stays open and has to be disposed as before.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or others may write to the folder.</exception>
    /// <exception cref="ShoalException">The folder cannot be made or written to.</exception>
    public CachedPool Cached(CacheOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CachedPool(this, options.Validated());
    }

    /// <summary>Begins a call; what its outcome is made of takes a while, and is done where nobody waits for it.</summary>
    internal PoolTask<S> Begin<T, R, S>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, Func<R[], S> select, Func<Exception, Exception> explain, string verb, CancellationToken cancel)
        => Begin(CreateJob(function, items, options), job => select(job.Results()), cancel, runsUserCode: true, verb, explain);

    /// <summary>A call of which nothing had to run.</summary>
    internal PoolTask<R> Over<R>(R result)
    {
        var control = new CallControl();
        control.Dispose();
        var handle = new PoolTask<R>(this, control);
        handle.SetResult(result);
        return handle;
    }
}
