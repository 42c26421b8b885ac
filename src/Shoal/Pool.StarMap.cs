using Shoal.Calls;

namespace Shoal;

// Above 300 lines: seven arities, two verbs, and C# has no other way to say it.

/// <content><c>StarMap</c>: one function of several arguments over all tuples.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 2 arguments.</param>
    /// <param name="function">The function of 2 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, R>(
        IEnumerable<(T1, T2)> items, Func<T1, T2, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 2 arguments.</param>
    /// <param name="function">The function of 2 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, R>(
        IEnumerable<(T1, T2)> items, Func<T1, T2, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 3 arguments.</param>
    /// <param name="function">The function of 3 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, R>(
        IEnumerable<(T1, T2, T3)> items, Func<T1, T2, T3, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 3 arguments.</param>
    /// <param name="function">The function of 3 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, R>(
        IEnumerable<(T1, T2, T3)> items, Func<T1, T2, T3, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 4 arguments.</param>
    /// <param name="function">The function of 4 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, R>(
        IEnumerable<(T1, T2, T3, T4)> items, Func<T1, T2, T3, T4, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 4 arguments.</param>
    /// <param name="function">The function of 4 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, R>(
        IEnumerable<(T1, T2, T3, T4)> items, Func<T1, T2, T3, T4, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 5 arguments.</param>
    /// <param name="function">The function of 5 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, R>(
        IEnumerable<(T1, T2, T3, T4, T5)> items, Func<T1, T2, T3, T4, T5, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 5 arguments.</param>
    /// <param name="function">The function of 5 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, R>(
        IEnumerable<(T1, T2, T3, T4, T5)> items, Func<T1, T2, T3, T4, T5, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 6 arguments.</param>
    /// <param name="function">The function of 6 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6)> items, Func<T1, T2, T3, T4, T5, T6, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 6 arguments.</param>
    /// <param name="function">The function of 6 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6)> items, Func<T1, T2, T3, T4, T5, T6, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 7 arguments.</param>
    /// <param name="function">The function of 7 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, T7, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7)> items, Func<T1, T2, T3, T4, T5, T6, T7, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 7 arguments.</param>
    /// <param name="function">The function of 7 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, T7, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7)> items, Func<T1, T2, T3, T4, T5, T6, T7, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    /// <summary>Runs a function on the parts of every tuple and returns the results in input order.</summary>
    /// <param name="items">The tuples of 8 arguments.</param>
    /// <param name="function">The function of 8 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public R[] StarMap<T1, T2, T3, T4, T5, T6, T7, T8, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7, T8)> items, Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(Star(function, nameof(StarMap)), items, options, cancel);

    /// <summary>Begins to run a function on the parts of every tuple.</summary>
    /// <param name="items">The tuples of 8 arguments.</param>
    /// <param name="function">The function of 8 arguments.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>StarMap</c>.</returns>
    /// <remarks>In everything else as <c>Map</c>.</remarks>
    public PoolTask<R[]> StarMapAsync<T1, T2, T3, T4, T5, T6, T7, T8, R>(
        IEnumerable<(T1, T2, T3, T4, T5, T6, T7, T8)> items, Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(Star(function, nameof(StarMapAsync)), items, options, static results => results, cancel);

    internal static StarFunction<T1, T2, R> Star<T1, T2, R>(Func<T1, T2, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, R>(function);
    }

    internal static StarFunction<T1, T2, T3, R> Star<T1, T2, T3, R>(Func<T1, T2, T3, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, R>(function);
    }

    internal static StarFunction<T1, T2, T3, T4, R> Star<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, T4, R>(function);
    }

    internal static StarFunction<T1, T2, T3, T4, T5, R> Star<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, T4, T5, R>(function);
    }

    internal static StarFunction<T1, T2, T3, T4, T5, T6, R> Star<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, T4, T5, T6, R>(function);
    }

    internal static StarFunction<T1, T2, T3, T4, T5, T6, T7, R> Star<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, T4, T5, T6, T7, R>(function);
    }

    internal static StarFunction<T1, T2, T3, T4, T5, T6, T7, T8, R> Star<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new StarFunction<T1, T2, T3, T4, T5, T6, T7, T8, R>(function);
    }
}
