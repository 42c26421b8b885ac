using System.Runtime.CompilerServices;
using Shoal.Calls;

namespace Shoal;

/// <content><c>ForEach</c>: a function without a result over all items.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0, since nobody knows what an item did before its worker died.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <exception cref="ArgumentException">An option is not valid, the function is <c>async void</c>, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Items run in no fixed order beside each other; in everything else as <c>Map</c>. What the function writes must lie outside of the program where it runs in another process: a file, a service.
    /// </remarks>
    public void ForEach<T>(IEnumerable<T> items, Action<T> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(CreateForEach(ActionShapes.Of(function, nameof(ForEach)), items, options), cancel);

    /// <summary>Runs a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0, since nobody knows what an item did before its worker died.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <exception cref="ArgumentException">An option is not valid, the function is <c>async void</c>, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Items run in no fixed order beside each other; in everything else as <c>Map</c>. What the function writes must lie outside of the program where it runs in another process: a file, a service.
    /// </remarks>
    public void ForEach<T>(IEnumerable<T> items, Action<T, ItemContext> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(CreateForEach(ActionShapes.Of(function, nameof(ForEach)), items, options), cancel);

    /// <summary>Runs a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0, since nobody knows what an item did before its worker died.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <exception cref="ArgumentException">An option is not valid, the function is <c>async void</c>, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Items run in no fixed order beside each other; in everything else as <c>Map</c>. What the function writes must lie outside of the program where it runs in another process: a file, a service.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public void ForEach<T>(IEnumerable<T> items, Func<T, Task> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(CreateForEach(ActionShapes.Of(function, nameof(ForEach)), items, options), cancel);

    /// <summary>Runs a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read in place, other collections copied, lazy inputs taken by this thread within a window.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0, since nobody knows what an item did before its worker died.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <exception cref="ArgumentException">An option is not valid, the function is <c>async void</c>, or something in it cannot travel.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or interrupted by Ctrl-C.</exception>
    /// <exception cref="WorkerLostException">The worker that ran an item died, once more than <see cref="MapOptions.Retries"/> allows.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Items run in no fixed order beside each other; in everything else as <c>Map</c>. What the function writes must lie outside of the program where it runs in another process: a file, a service.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public void ForEach<T>(IEnumerable<T> items, Func<T, ItemContext, Task> function, MapOptions? options = null, CancellationToken cancel = default)
        => Run(CreateForEach(ActionShapes.Of(function, nameof(ForEach)), items, options), cancel);

    /// <summary>Begins to run a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result is the number of items, its error that of <c>ForEach</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function is <c>async void</c>.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolTask<long> ForEachAsync<T>(IEnumerable<T> items, Action<T> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(CreateForEach(ActionShapes.Of(function, nameof(ForEachAsync)), items, options), static job => job.Taken, cancel);

    /// <summary>Begins to run a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result is the number of items, its error that of <c>ForEach</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function is <c>async void</c>.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolTask<long> ForEachAsync<T>(IEnumerable<T> items, Action<T, ItemContext> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(CreateForEach(ActionShapes.Of(function, nameof(ForEachAsync)), items, options), static job => job.Taken, cancel);

    /// <summary>Begins to run a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result is the number of items, its error that of <c>ForEach</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function is <c>async void</c>.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    [OverloadResolutionPriority(1)]
    public PoolTask<long> ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(CreateForEach(ActionShapes.Of(function, nameof(ForEachAsync)), items, options), static job => job.Taken, cancel);

    /// <summary>Begins to run a function on every item, for what it does rather than for a result.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items. Arrays and lists are read while the call runs: leave them as they are. Lazy inputs are taken by a thread of the pool.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent, but for <see cref="MapOptions.Retries"/>: 0.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result is the number of items, its error that of <c>ForEach</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function is <c>async void</c>.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    [OverloadResolutionPriority(1)]
    public PoolTask<long> ForEachAsync<T>(IEnumerable<T> items, Func<T, ItemContext, Task> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(CreateForEach(ActionShapes.Of(function, nameof(ForEachAsync)), items, options), static job => job.Taken, cancel);

    private MapJob<T, byte> CreateForEach<T>(Function<T, byte> function, IEnumerable<T> items, MapOptions? options)
    {
        options ??= MapOptions.Default;
        return CreateJob(function, items, options with { Retries = options.Retries ?? 0 }, Keeping.Nothing);
    }
}
