using System.Diagnostics.CodeAnalysis;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A queue that the program and its local workers put items into and take items from, each item once.</summary>
/// <typeparam name="T">The items: whatever may travel to a worker. Each is a copy.</typeparam>
/// <remarks>
/// Capture it in a function, or pass it as an item. Items of one process come in the order in which they were put. A process that dies while it puts or takes an item has done it or not done it;
/// what it had taken is gone with it. The queue has a fixed size, so that who puts waits for who takes: give each wait a time. Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue.")]
public sealed unsafe class SharedQueue<T> : IDisposable, IWireSelf<SharedQueue<T>>
{
    private const int SmallestCapacity = 1024;

    private readonly SharedState _state;

    /// <summary>An empty queue.</summary>
    /// <param name="maxItems">How many items it holds at most; as many as its bytes allow if absent.</param>
    /// <param name="capacityInBytes">How many bytes of items it holds at most: an item needs its bytes on the wire and 4 more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxItems"/> is below 1, or <paramref name="capacityInBytes"/> below 1024.</exception>
    /// <exception cref="ShoalException">The system has not that much shared memory, or none.</exception>
    public SharedQueue(int? maxItems = null, int capacityInBytes = 1 << 20)
        : this(SharedState.Create(BytesFor(maxItems, capacityInBytes), SegmentKind.Queue, Name))
    {
        Options[0] = maxItems ?? int.MaxValue;
        Ring.Initialize(capacityInBytes);
    }

    private SharedQueue(SharedState state) => _state = state;

    /// <summary>How many items it holds now.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public int Count
    {
        get
        {
            var count = 0;
            Monitor.Until(() => (count = Ring.Count) >= 0, new Deadline(null), default);
            return count;
        }
    }

    /// <summary>Whether nothing more is put.</summary>
    public bool IsClosed => Volatile.Read(ref Options[1]) != 0;

    internal Segment Segment => _state.Segment;

    private static string Name => $"SharedQueue<{TypeText.Of(typeof(T))}>";

    private SharedMonitor Monitor => new(_state.Data);

    private SharedRing Ring => new(_state.Data + SharedMonitor.Size + 2 * sizeof(int));

    // The most items, and whether it is closed.
    private int* Options => (int*)(_state.Data + SharedMonitor.Size);

    /// <summary>Puts an item at the end, waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">The queue was full for all that time.</exception>
    /// <exception cref="ArgumentException">The item cannot travel, or is larger than the queue; the queue is as before.</exception>
    /// <exception cref="InvalidOperationException">The queue is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        if (!PutWithin(item, new Deadline(timeout), cancel))
            throw new TimeoutException($"{Name} was full for {timeout}. Take items sooner, wait longer, or make it larger.");
    }

    /// <summary>Puts an item at the end, waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether it was put.</returns>
    /// <exception cref="ArgumentException">The item cannot travel, or is larger than the queue; the queue is as before.</exception>
    /// <exception cref="InvalidOperationException">The queue is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryPut(T item, TimeSpan timeout, CancellationToken cancel = default) => PutWithin(item, new Deadline(timeout), cancel);

    /// <summary>Takes the first item, waiting for one.</summary>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">The queue was empty for all that time.</exception>
    /// <exception cref="InvalidOperationException">The queue is closed, and nothing is left in it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public T Take(TimeSpan? timeout = null, CancellationToken cancel = default) =>
        TakeWithin(out var item, new Deadline(timeout), cancel) switch
        {
            true => item!,
            false => throw new TimeoutException($"{Name} was empty for {timeout}. Wait longer, or Close it when nothing more comes."),
            null => throw new InvalidOperationException($"{Name} is closed, and nothing is left in it. Use TryTake, which says so by its result."),
        };

    /// <summary>Takes the first item, waiting for one.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether one was taken; false at once where the queue is closed and nothing is left in it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryTake([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancel = default) =>
        TakeWithin(out item, new Deadline(timeout), cancel) is true;

    /// <summary>Nothing more is put. What is in it can still be taken.</summary>
    public void Close() => Monitor.Until(
        () =>
        {
            Volatile.Write(ref Options[1], 1);
            Monitor.Changed();
            return true;
        },
        new Deadline(null),
        default);

    /// <summary>Frees it, with what is in it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedQueue<T>>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedQueue<T> IWireSelf<SharedQueue<T>>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Queue, Name));

    private static long BytesFor(int? maxItems, int capacityInBytes)
    {
        if (maxItems is { } most)
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(maxItems));
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityInBytes, SmallestCapacity);
        return SharedMonitor.Size + 2 * sizeof(int) + SharedRing.SizeFor(capacityInBytes);
    }

    private bool PutWithin(T item, Deadline deadline, CancellationToken cancel)
    {
        var bytes = SharedMessage.Write(item, Ring, Name);
        return Monitor.Until(
            () =>
            {
                if (IsClosed)
                    throw new InvalidOperationException($"{Name} is closed and takes no more items.");
                if (Ring.Count >= Options[0] || !Ring.TryWrite(bytes.Span))
                    return false;
                Monitor.Changed();
                return true;
            },
            deadline,
            cancel);
    }

    // Null: closed and empty.
    private bool? TakeWithin(out T? item, Deadline deadline, CancellationToken cancel)
    {
        byte[]? bytes = null;
        var isOver = false;
        var done = Monitor.Until(
            () =>
            {
                if (!Ring.TryRead(out bytes))
                {
                    isOver = IsClosed;
                    return isOver;
                }

                Monitor.Changed();
                return true;
            },
            deadline,
            cancel);
        item = done && !isOver ? WireFormat.Read<T>(bytes) : default;
        return isOver ? null : done;
    }
}
