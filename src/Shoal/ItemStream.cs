using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Shoal.Calls;

namespace Shoal;

/// <summary>The results of a call, one after the other, while it runs: for <c>foreach</c> and <c>await foreach</c>.</summary>
/// <typeparam name="R">What the function returns.</typeparam>
/// <remarks>
/// The call begins when the first result is asked for, and runs ahead of its reader by <see cref="MapOptions.Buffer"/> at most. Leaving the loop early cancels what still runs and
/// ends the enumeration of the input. An error comes at its place, after the results before it; then the stream is at its end.
/// A stream is read once, by one reader: at its end it stays at its end. Disposing the pool ends streams that are still open.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of items is what it is; no reader takes it for one of bytes.")]
public sealed class ItemStream<R> : IEnumerable<R>
{
    private const int Fresh = 0;
    private const int BeingRead = 1;
    private const int AtEnd = 2;
    private const int Left = 3;

    private readonly Func<CancellationToken, StreamCall<R>> _begin;
    private int _state;

    internal ItemStream(Func<CancellationToken, StreamCall<R>> begin) => _begin = begin;

    /// <summary>Begins to read.</summary>
    /// <exception cref="InvalidOperationException">The stream is being read, or was left before its end.</exception>
    public IEnumerator<R> GetEnumerator() => (IEnumerator<R>?)Reader(CancellationToken.None) ?? Enumerable.Empty<R>().GetEnumerator();

    /// <summary>The stream for async LINQ and <c>WithCancellation</c>. <c>await foreach</c> takes the stream itself.</summary>
    /// <remarks>Were the stream both sequences at once, the compiler could not tell which <c>Select</c> is meant.</remarks>
    public IAsyncEnumerable<R> AsAsyncEnumerable() => new Awaited(this);

    /// <summary>Begins to read without holding up a thread while a result is awaited.</summary>
    /// <param name="cancellationToken">Ends the call and its work, as the token that the verb was given.</param>
    /// <exception cref="InvalidOperationException">The stream is being read, or was left before its end.</exception>
    public IAsyncEnumerator<R> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => (IAsyncEnumerator<R>?)Reader(cancellationToken) ?? AsyncEnumerable.Empty<R>().GetAsyncEnumerator(cancellationToken);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Awaited(ItemStream<R> stream) : IAsyncEnumerable<R>
    {
        public IAsyncEnumerator<R> GetAsyncEnumerator(CancellationToken cancellationToken = default) => stream.GetAsyncEnumerator(cancellationToken);
    }

    private StreamReader<R>? Reader(CancellationToken cancel)
    {
        var state = Interlocked.CompareExchange(ref _state, BeingRead, Fresh);
        return state switch
        {
            Fresh => new StreamReader<R>(_begin, complete => Volatile.Write(ref _state, complete ? AtEnd : Left), cancel),
            AtEnd => null,
            _ => throw new InvalidOperationException(
                $"The stream {(state == Left ? "was left before its end" : "is being read already")}, and its results come once. Call Stream again, or keep the results of the first reading."),
        };
    }
}
