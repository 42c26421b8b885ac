namespace Shoal.Calls;

/// <summary>An array without a known end: chunks that are made on first use and dropped when all their slots are finished.</summary>
/// <remarks>Different slots may be used by different threads at once. The chunks' borders are the same for every <typeparamref name="T"/>.</remarks>
internal sealed class Chunks<T>
{
    private const int Size = 1024;
    private readonly Lock _gate = new();
    private T[]?[] _chunks = [];
    private int[] _finished = [];

    /// <summary>Slots from <paramref name="start"/> on: at most <paramref name="count"/>, up to the end of the chunk.</summary>
    public Span<T> Slot(long start, int count)
    {
        var chunk = (int)(start / Size);
        var offset = (int)(start % Size);
        return ChunkAt(chunk).AsSpan(offset, Math.Min(count, Size - offset));
    }

    /// <summary>Sets slots to nothing, so that what they held can be collected.</summary>
    public void Clear(long start, int count)
    {
        while (count > 0)
        {
            var slots = Slot(start, count);
            slots.Clear();
            start += slots.Length;
            count -= slots.Length;
        }
    }

    /// <summary>Counts slots as finished; a chunk whose slots all are is dropped.</summary>
    public void Finish(long start, int count)
    {
        lock (_gate)
        {
            while (count > 0)
            {
                var chunk = (int)(start / Size);
                var here = Math.Min(count, Size - (int)(start % Size));
                Grow(chunk);
                if ((_finished[chunk] += here) == Size)
                    _chunks[chunk] = null;
                start += here;
                count -= here;
            }
        }
    }

    /// <summary>The first slots as one array.</summary>
    public T[] ToArray(long count)
    {
        var all = new T[count];
        for (long start = 0; start < count;)
        {
            var slots = Slot(start, (int)Math.Min(Size, count - start));
            slots.CopyTo(all.AsSpan((int)start));
            start += slots.Length;
        }

        return all;
    }

    private T[] ChunkAt(int chunk)
    {
        var chunks = Volatile.Read(ref _chunks);
        if (chunk < chunks.Length && Volatile.Read(ref chunks[chunk]) is { } found)
            return found;
        lock (_gate)
        {
            Grow(chunk);
            return _chunks[chunk] ??= new T[Size];
        }
    }

    private void Grow(int chunk)
    {
        if (chunk < _chunks.Length)
            return;
        var length = Math.Max(chunk + 1, 2 * _chunks.Length);
        var chunks = new T[]?[length];
        _chunks.CopyTo(chunks, 0);
        Array.Resize(ref _finished, length);
        Volatile.Write(ref _chunks, chunks);
    }
}
