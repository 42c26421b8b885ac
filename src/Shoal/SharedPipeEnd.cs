using System.Diagnostics.CodeAnalysis;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>One end of a <see cref="SharedPipe{T}"/>.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>
/// It belongs to the process that has sent or received by it last. If that process ends without <see cref="Close"/>, the other end hears of it within 0.2 seconds of waiting, after what was sent before. A process that has never used
/// its end is not known to the other one: give each wait a time. Thread-safe.
/// </remarks>
public sealed class SharedPipeEnd<T> : IWireSelf<SharedPipeEnd<T>>
{
    private readonly PipeMemory _memory;
    private readonly int _end;

    internal SharedPipeEnd(PipeMemory memory, int end) => (_memory, _end) = (memory, end);

    /// <summary>Sends an item, waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">The pipe was full for all that time.</exception>
    /// <exception cref="ArgumentException">The item cannot travel, or is larger than the pipe; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">One of the ends is closed.</exception>
    /// <exception cref="SharedPipeBrokenException">The pipe is full, and the process at the other end has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Send(T item, TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        if (!_memory.Send(_end, SharedMessage.Write(item, _memory.RingOf(_end), SharedPipe<T>.Name), new Deadline(timeout), cancel))
            throw new TimeoutException($"{SharedPipe<T>.Name} was full for {timeout}. Receive sooner, wait longer, or make it larger.");
    }

    /// <summary>Sends an item, waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether it was sent.</returns>
    /// <exception cref="ArgumentException">The item cannot travel, or is larger than the pipe; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">One of the ends is closed.</exception>
    /// <exception cref="SharedPipeBrokenException">The pipe is full, and the process at the other end has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TrySend(T item, TimeSpan timeout, CancellationToken cancel = default) =>
        _memory.Send(_end, SharedMessage.Write(item, _memory.RingOf(_end), SharedPipe<T>.Name), new Deadline(timeout), cancel);

    /// <summary>Receives what was sent into the other end, waiting for it.</summary>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">Nothing came in all that time.</exception>
    /// <exception cref="InvalidOperationException">This end is closed; or the other one is, and nothing is left.</exception>
    /// <exception cref="SharedPipeBrokenException">Nothing is left, and the process at the other end has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public T Receive(TimeSpan? timeout = null, CancellationToken cancel = default) =>
        _memory.Receive(_end, out var bytes, new Deadline(timeout), cancel) switch
        {
            true => WireFormat.Read<T>(bytes),
            false => throw new TimeoutException($"Nothing came through {SharedPipe<T>.Name} for {timeout}. Wait longer, or Close the other end when nothing more comes."),
            null => throw new InvalidOperationException($"The other end of {SharedPipe<T>.Name} is closed, and nothing is left. Use TryReceive, which says so by its result."),
        };

    /// <summary>Receives what was sent into the other end, waiting for it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether one was received; false at once where the other end is closed and nothing is left.</returns>
    /// <exception cref="InvalidOperationException">This end is closed.</exception>
    /// <exception cref="SharedPipeBrokenException">Nothing is left, and the process at the other end has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryReceive([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancel = default)
    {
        var isHere = _memory.Receive(_end, out var bytes, new Deadline(timeout), cancel) is true;
        item = isHere ? WireFormat.Read<T>(bytes) : default;
        return isHere;
    }

    /// <summary>Closes this end: nothing more is sent or received by it. The other end can still receive what was sent.</summary>
    public void Close() => _memory.Close(_end);

    void IWireSelf<SharedPipeEnd<T>>.WriteTo(WireWriter writer)
    {
        writer.Raw(_end);
        _memory.State.Write(writer);
    }

    static SharedPipeEnd<T> IWireSelf<SharedPipeEnd<T>>.ReadFrom(WireReader reader)
    {
        var end = reader.Raw<int>();
        return end is 0 or 1
            ? new SharedPipeEnd<T>(new PipeMemory(SharedState.Read(reader, SegmentKind.Pipe, SharedPipe<T>.Name)), end)
            : throw reader.Damaged($"a pipe has no end {end}");
    }
}
