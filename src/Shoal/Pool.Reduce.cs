using System.Runtime.CompilerServices;
using Shoal.Calls;

namespace Shoal;

/// <content><c>Reduce</c>: all items combined to one result.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function on every item and combines what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by this thread.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What is left when all is combined.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by this thread.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    public A Reduce<T, A>(
        IEnumerable<T> items, A empty, Func<T, A> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => ReduceHere(FunctionShapes.Of(map, nameof(Reduce)), items, empty, combine, options, cancel);

    /// <summary>Runs a function on every item and combines what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by this thread.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What is left when all is combined.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by this thread.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    public A Reduce<T, A>(
        IEnumerable<T> items, A empty, Func<T, ItemContext, A> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => ReduceHere(FunctionShapes.Of(map, nameof(Reduce)), items, empty, combine, options, cancel);

    /// <summary>Runs a function on every item and combines what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by this thread.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, whose task the worker awaits before the next item.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What is left when all is combined.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by this thread.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public A Reduce<T, A>(
        IEnumerable<T> items, A empty, Func<T, Task<A>> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => ReduceHere(FunctionShapes.Of(map, nameof(Reduce)), items, empty, combine, options, cancel);

    /// <summary>Runs a function on every item and combines what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by this thread.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What is left when all is combined.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits, or something in it cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by this thread.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public A Reduce<T, A>(
        IEnumerable<T> items, A empty, Func<T, ItemContext, Task<A>> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => ReduceHere(FunctionShapes.Of(map, nameof(Reduce)), items, empty, combine, options, cancel);

    /// <summary>Begins to run a function on every item and to combine what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by a thread of the pool.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Reduce</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by a thread of the pool.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    public PoolTask<A> ReduceAsync<T, A>(
        IEnumerable<T> items, A empty, Func<T, A> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => BeginReduce(FunctionShapes.Of(map, nameof(ReduceAsync)), items, empty, combine, options, cancel);

    /// <summary>Begins to run a function on every item and to combine what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by a thread of the pool.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Reduce</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by a thread of the pool.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    public PoolTask<A> ReduceAsync<T, A>(
        IEnumerable<T> items, A empty, Func<T, ItemContext, A> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => BeginReduce(FunctionShapes.Of(map, nameof(ReduceAsync)), items, empty, combine, options, cancel);

    /// <summary>Begins to run a function on every item and to combine what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by a thread of the pool.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, whose task the worker awaits before the next item.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Reduce</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by a thread of the pool.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public PoolTask<A> ReduceAsync<T, A>(
        IEnumerable<T> items, A empty, Func<T, Task<A>> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => BeginReduce(FunctionShapes.Of(map, nameof(ReduceAsync)), items, empty, combine, options, cancel);

    /// <summary>Begins to run a function on every item and to combine what it returns to one result, with the same bits on every back end.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="A">What is combined.</typeparam>
    /// <param name="items">The items. They are taken within a window, by a thread of the pool.</param>
    /// <param name="empty">The result where there are no items. It is combined with nothing.</param>
    /// <param name="map">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="combine">Combines two, the left one first in input order. It need not be exactly associative: the order in which it is applied is fixed.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Reduce</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>
    /// Blocks of 64 items are combined from left to right, by workers; the blocks by a binary tree over their numbers (0 with 1, 2 with 3, then those), by a thread of the pool.
    /// So sums of floating point numbers depend neither on workers nor on batches, and differ from a plain loop's in the last bits. What <c>Map</c> does with an item, this does with a block: options that count or
    /// time items count and time blocks, and so do errors that name an item; an <see cref="ItemContext"/> has its item's own index.
    /// </remarks>
    [OverloadResolutionPriority(1)]
    public PoolTask<A> ReduceAsync<T, A>(
        IEnumerable<T> items, A empty, Func<T, ItemContext, Task<A>> map, Func<A, A, A> combine, MapOptions? options = null, CancellationToken cancel = default)
        => BeginReduce(FunctionShapes.Of(map, nameof(ReduceAsync)), items, empty, combine, options, cancel);

    private A ReduceHere<T, A>(Function<T, A> map, IEnumerable<T> items, A empty, Func<A, A, A> combine, MapOptions? options, CancellationToken cancel)
    {
        var job = CreateReduce(map, items, combine, options);
        Run(job, cancel, nameof(Reduce));
        return Reduction.Combine(job.Results(), empty, combine);
    }

    private PoolTask<A> BeginReduce<T, A>(Function<T, A> map, IEnumerable<T> items, A empty, Func<A, A, A> combine, MapOptions? options, CancellationToken cancel)
        => Begin(CreateReduce(map, items, combine, options), job => Reduction.Combine(job.Results(), empty, combine), cancel, runsUserCode: true, nameof(ReduceAsync));

    private MapJob<T[], A> CreateReduce<T, A>(Function<T, A> map, IEnumerable<T> items, Func<A, A, A> combine, MapOptions? options)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(combine);
        if (options?.OnFailure == OnFailure.Collect)
            throw new ArgumentException("MapOptions is not valid: OnFailure must be Stop for Reduce (was Collect), which has no result without all items.");
        return CreateJob(new BlockFunction<T, A>(map, combine), Reduction.Blocks(items), options);
    }
}
