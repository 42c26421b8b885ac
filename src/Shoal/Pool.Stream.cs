using System.Runtime.CompilerServices;
using Shoal.Calls;
using Shoal.Reporting;
using Shoal.Serial;

namespace Shoal;

/// <content><c>Stream</c> and <c>StreamUnordered</c>: results one by one, while the call runs.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function on every item and gives the results in input order, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes at its place: after the results of all items before it. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    public ItemStream<R> Stream<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(Stream)), items, options, ordered: true, cancel);

    /// <summary>Runs a function on every item and gives the results in input order, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes at its place: after the results of all items before it. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    public ItemStream<R> Stream<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(Stream)), items, options, ordered: true, cancel);

    /// <summary>Runs a function on every item and gives the results in input order, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes at its place: after the results of all items before it. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    [OverloadResolutionPriority(1)]
    public ItemStream<R> Stream<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(Stream)), items, options, ordered: true, cancel);

    /// <summary>Runs a function on every item and gives the results in input order, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes at its place: after the results of all items before it. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    [OverloadResolutionPriority(1)]
    public ItemStream<R> Stream<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(Stream)), items, options, ordered: true, cancel);

    /// <summary>Runs a function on every item and gives the results as they are finished, in any order, each once, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes after results that were finished before; which of them come is not fixed. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    public ItemStream<R> StreamUnordered<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(StreamUnordered)), items, options, ordered: false, cancel);

    /// <summary>Runs a function on every item and gives the results as they are finished, in any order, each once, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes after results that were finished before; which of them come is not fixed. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    public ItemStream<R> StreamUnordered<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(StreamUnordered)), items, options, ordered: false, cancel);

    /// <summary>Runs a function on every item and gives the results as they are finished, in any order, each once, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes after results that were finished before; which of them come is not fixed. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    [OverloadResolutionPriority(1)]
    public ItemStream<R> StreamUnordered<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(StreamUnordered)), items, options, ordered: false, cancel);

    /// <summary>Runs a function on every item and gives the results as they are finished, in any order, each once, while the rest still runs.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="R">The results' type.</typeparam>
    /// <param name="items">The items; they may be without end. Lazy inputs are taken by a thread of the pool, ahead of the reader by <see cref="MapOptions.Buffer"/> at most; a plain loop takes them on the reader's own.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; the defaults if absent.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>The results, to be read once by <c>foreach</c> or <c>await foreach</c>. The call begins with the first that is asked for.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or the function returns a task that nobody awaits.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>While reading, what <c>Map</c> throws is thrown. An error comes after results that were finished before; which of them come is not fixed. Leaving the loop early cancels the rest and waits until it has stopped.</remarks>
    [OverloadResolutionPriority(1)]
    public ItemStream<R> StreamUnordered<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => CreateStream(FunctionShapes.Of(function, nameof(StreamUnordered)), items, options, ordered: false, cancel);

    private ItemStream<R> CreateStream<T, R>(Function<T, R> function, IEnumerable<T> items, MapOptions? options, bool ordered, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(items);
        var valid = (options ?? MapOptions.Default).Validated();
        if (valid.OnFailure == OnFailure.Collect)
            throw new ArgumentException("MapOptions is not valid: OnFailure must be Stop for a stream (was Collect), which ends at the first failure. Use Map, or let the function return its failures.");
        ThrowIfClosed();
        return new ItemStream<R>(readersToken => BeginStream(function, items, valid, ordered, cancel, readersToken));
    }

    private StreamCall<R> BeginStream<T, R>(
        Function<T, R> function, IEnumerable<T> items, MapOptions options, bool ordered, CancellationToken cancel, CancellationToken readersToken)
    {
        cancel.ThrowIfCancellationRequested();
        readersToken.ThrowIfCancellationRequested();
        var job = CreateJob(function, items, options, Keeping.UntilRead);
        var control = new CallControl();
        control.Follow(cancel, readersToken);
        lock (_streams)
            _streams.Add(control);
        var trace = PoolTrace.BeginElsewhere(Spec, ordered ? nameof(Stream) : nameof(StreamUnordered), job);
        var ranges = RunsHere ? new LoopRanges(LoopHere(job, control).Steps()) : _host.Stream(job, control, ordered);
        return new StreamCall<R>(job, ranges, (complete, error) =>
        {
            trace?.EndStream(complete, error);
            lock (_streams)
                _streams.Remove(control);
            control.Dispose();
            if (!complete)
                Volatile.Write(ref _unclean, 1);
        });
    }

    // Nobody may ever read on: the end of the pool must not wait for it.
    private void EndStreams()
    {
        CallControl[] open;
        lock (_streams)
            open = [.. _streams];
        foreach (var control in open)
            control.Stop(new OperationCanceledException($"Pool '{Spec}' was disposed before the stream was read to its end."), soon: false);
    }
}
