using System.Runtime.CompilerServices;
using Shoal.Calls;

namespace Shoal;

/// <content><c>Map</c>: one function over all items.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function on every item and returns the results in input order.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order, whatever the back end, the workers and the batches.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// If items fail, the exception of the lowest index is thrown, as the loop would: no item above it is begun any more, those below are finished.
    /// Thread-safe. An item whose worker died runs again: execution is at least once.
    /// </remarks>
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Runs a function on every item and returns the results in input order.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order, whatever the back end, the workers and the batches.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// If items fail, the exception of the lowest index is thrown, as the loop would: no item above it is begun any more, those below are finished.
    /// Thread-safe. An item whose worker died runs again: execution is at least once.
    /// </remarks>
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Runs a function on every item and returns the results in input order.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order, whatever the back end, the workers and the batches.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// If items fail, the exception of the lowest index is thrown, as the loop would: no item above it is begun any more, those below are finished.
    /// Thread-safe. An item whose worker died runs again: execution is at least once.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Runs a function on every item and returns the results in input order.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, in input order, whatever the back end, the workers and the batches.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// If items fail, the exception of the lowest index is thrown, as the loop would: no item above it is begun any more, those below are finished.
    /// Thread-safe. An item whose worker died runs again: execution is at least once.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public R[] Map<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Map)), items, options, cancel);

    /// <summary>Begins to run a function on every item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Begins to run a function on every item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Begins to run a function on every item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    [OverloadResolutionPriority(1)]
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Begins to run a function on every item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    [OverloadResolutionPriority(1)]
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);
}
