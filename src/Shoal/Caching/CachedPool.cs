using System.Runtime.CompilerServices;
using Shoal.Caching;
using Shoal.Calls;

namespace Shoal;

/// <summary>The verbs of a <see cref="Pool"/> over a folder of results: an item that was computed before is read, the others run and are stored.</summary>
/// <remarks>
/// <para>
/// A result is found by a key of everything that the program knows it to depend on: the builds of all assemblies outside of the framework that the function can reach by
/// reference, the runtime, the function, the values that it captured, the static fields that it reads, the item, the culture and
/// <see cref="CacheOptions.Salt"/>; for a function with an <see cref="ItemContext"/> also the seed and the index. What it reads besides,
/// such as files, the clock or a service, is not seen: put its version into the salt. A function must be one whose result follows from all that.
/// </para>
/// <para>
/// Each result is stored by the worker that made it, as soon as it is there: a call that fails, is cancelled or killed keeps what was done. Exceptions are not stored.
/// Entries that are damaged or cut off are ignored and replaced. Function, items and results must be able to travel, on every back end.
/// Results that are read are fresh objects. The message of a time-out counts the items that ran. Thread-safe; several programs may share the folder.
/// </para>
/// </remarks>
public sealed partial class CachedPool
{
    private readonly Pool _pool;
    private readonly CacheFolder _folder;
    private readonly string _salt;
    private long _hits;
    private long _misses;
    private long _damaged;
    private long _notStored;

    internal CachedPool(Pool pool, CacheOptions options)
    {
        _pool = pool;
        _salt = options.Salt;
        _folder = new CacheFolder(options);
    }

    /// <summary>The full path of the folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>What was found and what had to run so far.</summary>
    public CacheReport Report => new()
    {
        Hits = Interlocked.Read(ref _hits),
        Misses = Interlocked.Read(ref _misses),
        Damaged = Interlocked.Read(ref _damaged),
        NotStored = Interlocked.Read(ref _notStored),
    };

    /// <summary>Returns a function's result for every item, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken before the first runs.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results that <see cref="Pool"/>'s <c>Map</c> returns, in input order.</returns>
    /// <exception cref="ArgumentException">As <c>Map</c>; also, on every back end, where function, item or result cannot travel.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>Map</c>, with its exceptions.</remarks>
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Returns a function's result for every item, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken before the first runs.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results that <see cref="Pool"/>'s <c>Map</c> returns, in input order.</returns>
    /// <exception cref="ArgumentException">As <c>Map</c>; also, on every back end, where function, item or result cannot travel.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>Map</c>, with its exceptions. Seed and index are part of the key.</remarks>
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Returns a function's result for every item, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken before the first runs.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results that <see cref="Pool"/>'s <c>Map</c> returns, in input order.</returns>
    /// <exception cref="ArgumentException">As <c>Map</c>; also, on every back end, where function, item or result cannot travel.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>Map</c>, with its exceptions.</remarks>
    [OverloadResolutionPriority(1)]
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Returns a function's result for every item, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken before the first runs.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results that <see cref="Pool"/>'s <c>Map</c> returns, in input order.</returns>
    /// <exception cref="ArgumentException">As <c>Map</c>; also, on every back end, where function, item or result cannot travel.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>Map</c>, with its exceptions. Seed and index are part of the key.</remarks>
    [OverloadResolutionPriority(1)]
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Returns the result of a function, which runs only where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns, or returned.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<R>(Func<R> function, CancellationToken cancel = default)
        => Run(Pool.NoArgument(function, nameof(Apply)), Pool.NoItem, null, cancel)[0];

    /// <summary>Returns the result of a function, which runs only where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns, or returned.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T, R>(Func<T, R> function, T first, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Apply)), [first], null, cancel)[0];

    /// <summary>Returns the result of a function, which runs only where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns, or returned.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(Apply)), [(first, second)], null, cancel)[0];

    /// <summary>Returns the result of a function, which runs only where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns, or returned.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(Apply)), [(first, second, third)], null, cancel)[0];

    /// <summary>Returns the result of a function, which runs only where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns, or returned.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(Apply)), [(first, second, third, fourth)], null, cancel)[0];

    private R[] Run<T, R>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, CancellationToken cancel, [CallerMemberName] string verb = "")
    {
        var (caching, missing, results) = Look(function, items, options, cancel);
        if (missing.Count == 0)
            return results;
        try
        {
            return Merged(_pool.Run(caching, missing, options, cancel, verb), missing, results);
        }
        catch (Exception error)
        {
            var told = Failed(error, missing, results);
            if (ReferenceEquals(told, error))
                throw;
            throw told;
        }
    }

    // Looked up before the handle is there: a pool that is closed after this still ends the call.
    private PoolTask<S> Begin<T, R, S>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, Func<R[], S> select, CancellationToken cancel, [CallerMemberName] string verb = "")
    {
        var (caching, missing, results) = Look(function, items, options, cancel);
        return missing.Count == 0
            ? _pool.Over(select(results))
            : _pool.Begin(caching, missing, options, made => select(Merged(made, missing, results)), error => Failed(error, missing, results), verb, cancel);
    }

    private R[] Merged<T, R>(R[] made, List<Keyed<T>> ran, R[] results)
    {
        for (var i = 0; i < made.Length; i++)
            results[ran[i].Index] = made[i];
        CountStored(ran, areAllDone: true);
        return results;
    }

    // What the user sees of a failure: it names places in the whole input.
    private Exception Failed<T, R>(Exception error, List<Keyed<T>> ran, R[] results)
    {
        CountStored(ran, areAllDone: false);
        return error switch
        {
            WorkerLostException { Index: { } index } lost => lost.At(ran[(int)index].Index),
            ItemsFailedException failed => InWholeInput(failed, ran, results),
            _ => error,
        };
    }

    private (CachingFunction<T, R> Caching, List<Keyed<T>> Missing, R[] Results) Look<T, R>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(items);
        var seed = (options ?? MapOptions.Default).Validated().Seed;
        _pool.ThrowIfClosed();
        var all = items as T[] ?? [.. items];
        var results = new R[all.Length];
        return (new(function, _folder.Path, seed), Look(function, all, seed, results, cancel), results);
    }

    private List<Keyed<T>> Look<T, R>(Function<T, R> function, T[] items, long seed, R[] results, CancellationToken cancel)
    {
        using var keys = CacheKeys.Of(function, _pool.Initializer, _salt, seed);
        var missing = new List<Keyed<T>>();
        for (var i = 0; i < items.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var key = keys.Of(items[i], i);
            var found = CacheFile.TryRead(_folder.Path, key, out R? result);
            if (found == Lookup.Found)
            {
                results[i] = result!;
                _folder.Used(key);
                continue;
            }

            if (found == Lookup.Damaged)
                Interlocked.Increment(ref _damaged);
            missing.Add(new(key, i, items[i]));
        }

        Interlocked.Add(ref _hits, items.Length - missing.Count);
        Interlocked.Add(ref _misses, missing.Count);
        return missing;
    }

    // Collected failures name places among the items that ran; the user knows those of the input.
    private static ItemsFailedException InWholeInput<T, R>(ItemsFailedException failed, List<Keyed<T>> ran, R[] results)
    {
        var made = (R[])failed.Results;
        for (var i = 0; i < made.Length; i++)
            results[ran[i].Index] = made[i];
        return new ItemsFailedException(failed.Failures.Select(failure =>
        {
            var index = ran[(int)failure.Index].Index;
            return new ItemFailure(index, failure.Error is WorkerLostException { Index: not null } lost ? lost.At(index) : failure.Error);
        }))
        {
            Results = results,
        };
    }

    // The workers stored them, perhaps in other processes: what they wrote is seen in the folder.
    private void CountStored<T>(List<Keyed<T>> ran, bool areAllDone)
    {
        var written = 0L;
        foreach (var item in ran)
        {
            var file = new FileInfo(CacheFile.PathOf(_folder.Path, item.Key));
            if (file.Exists)
                written += file.Length;
            else if (areAllDone)
                Interlocked.Increment(ref _notStored);
        }

        _folder.Written(written);
    }
}
