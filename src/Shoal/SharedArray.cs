using System.Buffers;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>An array in memory that the program and its local workers see at once: it is never copied.</summary>
/// <typeparam name="T">The elements: numbers, and structs of numbers.</typeparam>
/// <remarks>
/// Capture it in a function, or pass it as an item or in one: a handle of some bytes travels, and the worker finds the same memory. What a worker writes is seen by all. On back ends
/// that run in the program it is this very array. A worker may also make one and return it. Linux only so far.
/// Elements may be read and written by several threads and processes at once as those of an ordinary array; use <see cref="Interlocked"/> on an element, or a <see cref="SharedLock"/>, where they depend on each other.
/// Dispose it when the calls that use it are over: the memory is freed, in idle workers within a second. Spans from before must not be used after that. Where the program is killed, nothing is left behind.
/// </remarks>
public sealed unsafe class SharedArray<T> : IDisposable, IWireSelf<SharedArray<T>>
    where T : unmanaged
{
    private readonly SharedState _state;
    private readonly int _length;
    private SharedArrayMemory? _memory;

    /// <summary>An array full of zeros.</summary>
    /// <param name="length">The number of elements; 0 is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="ArgumentException">The elements hold addresses or handles, which mean nothing in another process.</exception>
    /// <exception cref="ShoalException">The system has not that much shared memory, or none.</exception>
    public SharedArray(int length)
        : this(SharedState.Create(BytesOf(length), SegmentKind.Array, NameOf(length)), length)
    {
    }

    /// <summary>A copy of some elements.</summary>
    /// <param name="items">The elements.</param>
    /// <exception cref="ArgumentException">The elements hold addresses or handles, which mean nothing in another process.</exception>
    /// <exception cref="ShoalException">The system has not that much shared memory, or none.</exception>
    public SharedArray(ReadOnlySpan<T> items)
        : this(items.Length) => items.CopyTo(Span);

    private SharedArray(SharedState state, int length)
    {
        _state = state;
        _length = length;
    }

    /// <summary>The number of elements.</summary>
    public int Length => _length;

    /// <summary>The elements, in place. Keep the array itself reachable while you use them.</summary>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public Span<T> Span => new(_state.Data, _length);

    /// <summary>The elements, in place. While they are pinned, disposing the array keeps them.</summary>
    /// <remarks>A <c>Memory</c> that a function captures travels as a copy of its elements: capture the array.</remarks>
    public Memory<T> Memory => (_memory ??= new SharedArrayMemory(this)).Memory;

    /// <summary>An element, in place.</summary>
    /// <param name="index">From 0 to below <see cref="Length"/>.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public ref T this[int index] => ref Span[index];

    /// <summary>A copy of the elements.</summary>
    public T[] ToArray() => Span.ToArray();

    /// <summary>Frees the memory here, and in workers when they have nothing to do. In a worker that was handed the array it does nothing.</summary>
    public void Dispose() => _state.Dispose();

    /// <summary>Type and length.</summary>
    public override string ToString() => NameOf(_length);

    internal Segment Segment => _state.Segment;

    void IWireSelf<SharedArray<T>>.WriteTo(WireWriter writer)
    {
        writer.Raw(_length);
        _state.Write(writer);
    }

    static SharedArray<T> IWireSelf<SharedArray<T>>.ReadFrom(WireReader reader)
    {
        var length = reader.Raw<int>();
        if (length < 0)
            throw reader.Damaged($"an array has {length} elements");
        var state = SharedState.Read(reader, SegmentKind.Array, NameOf(length));
        return state.Segment.Bytes == BytesOf(length) ? new SharedArray<T>(state, length) : throw reader.Damaged($"{length} elements do not fit a shared array of {state.Segment.Bytes} bytes");
    }

    private static string NameOf(int length) => $"SharedArray<{TypeText.Of(typeof(T))}>[{length}]";

    private static long BytesOf(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (Layout.IsHandle(typeof(T)) || Layout.HasHandles(typeof(T)))
            throw new ArgumentException($"SharedArray<{TypeText.Of(typeof(T))}>: the elements hold addresses or handles, which mean nothing in another process. Share numbers and structs of numbers.");
        return (long)length * sizeof(T);
    }

    private sealed class SharedArrayMemory(SharedArray<T> array) : MemoryManager<T>
    {
        public override Memory<T> Memory => CreateMemory(array.Length);

        public override Span<T> GetSpan() => array.Span;

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)array.Length, nameof(elementIndex));
            array.Segment.Lease();
            return new MemoryHandle(((T*)array.Segment.Data) + elementIndex, pinnable: this);
        }

        public override void Unpin() => array.Segment.Release();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
