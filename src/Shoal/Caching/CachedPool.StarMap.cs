namespace Shoal;

/// <content><c>StarMap</c> over a folder of results: one function of several arguments over all tuples.</content>
public sealed partial class CachedPool
{
    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 2 arguments.</param>
    /// <param name="function">The function of 2 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, R>(
        IEnumerable<(T1, T2)> items, Func<T1, T2, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 2 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 2 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, R>(
        IEnumerable<(T1, T2)> items, Func<T1, T2, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 3 arguments.</param>
    /// <param name="function">The function of 3 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, R>(
        IEnumerable<(T1, T2, T3)> items, Func<T1, T2, T3, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 3 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 3 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, R>(
        IEnumerable<(T1, T2, T3)> items, Func<T1, T2, T3, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 4 arguments.</param>
    /// <param name="function">The function of 4 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, R>(
        IEnumerable<(T1, T2, T3, T4)> items, Func<T1, T2, T3, T4, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 4 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 4 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, R>(
        IEnumerable<(T1, T2, T3, T4)> items, Func<T1, T2, T3, T4, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 5 arguments.</param>
    /// <param name="function">The function of 5 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, R>(
        IEnumerable<(T1, T2, T3, T4, T5)> items, Func<T1, T2, T3, T4, T5, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 5 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 5 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, R>(
        IEnumerable<(T1, T2, T3, T4, T5)> items, Func<T1, T2, T3, T4, T5, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 6 arguments.</param>
    /// <param name="function">The function of 6 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6)> items, Func<T1, T2, T3, T4, T5, T6, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 6 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 6 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6)> items, Func<T1, T2, T3, T4, T5, T6, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 7 arguments.</param>
    /// <param name="function">The function of 7 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, T7, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7)> items, Func<T1, T2, T3, T4, T5, T6, T7, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 7 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 7 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, T7, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7)> items, Func<T1, T2, T3, T4, T5, T6, T7, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Returns a function's result for the parts of every tuple, in input order, and runs it only for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 8 arguments.</param>
    /// <param name="function">The function of 8 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, T7, T8, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7, T8)> items, Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Pool.Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Looks for a function's result for the parts of every tuple, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The tuples of 8 arguments; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function of 8 arguments.</param>
    /// <param name="options">What this call changes; progress counts the tuples that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, T7, T8, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7, T8)> items, Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);
}
