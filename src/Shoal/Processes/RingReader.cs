namespace Shoal.Processes;

/// <summary>The reading end of a ring of bytes in shared memory.</summary>
/// <remarks>One thread at a time. The bytes are copied out before any is looked at, so that the writer cannot change what was checked.</remarks>
internal sealed unsafe class RingReader(byte* data, int size, long* tail, long* head)
{
    private long _read;

    /// <summary>Whether there is nothing to read now.</summary>
    public bool IsEmpty => Volatile.Read(ref *tail) == _read;

    /// <summary>Whether more than half of the ring is free: worth waking a writer that waits for room.</summary>
    public bool HasRoom => Volatile.Read(ref *tail) - _read <= size / 2;

    /// <summary>Takes what is there and fits, and gives its room back to the writer.</summary>
    /// <returns>How many bytes were taken.</returns>
    /// <exception cref="InvalidDataException">The words beside the ring make no sense.</exception>
    public int Read(Span<byte> destination)
    {
        var available = Volatile.Read(ref *tail) - _read;
        if (available < 0 || available > size)
            throw new InvalidDataException($"A ring of {size} bytes is damaged: it was written up to {_read + available} and read up to {_read}.");
        var count = (int)Math.Min(available, destination.Length);
        var at = (int)_read & (size - 1);
        var first = Math.Min(count, size - at);
        new ReadOnlySpan<byte>(data + at, first).CopyTo(destination);
        new ReadOnlySpan<byte>(data, count - first).CopyTo(destination[first..]);
        _read += count;
        Volatile.Write(ref *head, _read);
        return count;
    }
}
