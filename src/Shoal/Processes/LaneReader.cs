namespace Shoal.Processes;

/// <summary>The reading end of a lane.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed unsafe class LaneReader(byte* data, long* tail, long* head)
{
    // What is given back to the writer at once.
    private const int Piece = LaneWriter.PartBytes;

    private long _read;

    /// <summary>Whether there is nothing to read now.</summary>
    public bool IsEmpty => Volatile.Read(ref *tail) <= _read;

    /// <summary>Whether more than half of the lane is free: worth waking a writer that waits for room.</summary>
    public bool HasRoom => Volatile.Read(ref *tail) - _read <= LaneWriter.LaneBytes / 2;

    /// <summary>Passes over everything before a position, whether it is written or not.</summary>
    /// <exception cref="InvalidDataException">That was read already.</exception>
    public void SkipTo(long position)
    {
        if (position < _read)
            throw new InvalidDataException($"A large block begins at {position} of a lane that is read up to {_read}.");
        if (position == _read)
            return;
        _read = position;
        Volatile.Write(ref *head, position);
    }

    /// <summary>Copies what is there and fits, and gives its room back to the writer.</summary>
    /// <returns>How many bytes were copied; 0 where none are there yet.</returns>
    /// <exception cref="InvalidDataException">The words beside the lane make no sense.</exception>
    public int Read(Span<byte> destination)
    {
        var available = Volatile.Read(ref *tail) - _read;
        if (available <= 0)
            return 0;
        if (available > LaneWriter.LaneBytes)
            throw new InvalidDataException($"A lane of {LaneWriter.LaneBytes} bytes is damaged: it was written up to {_read + available} and read up to {_read}.");
        var at = (int)(_read & (LaneWriter.LaneBytes - 1));
        var count = (int)Math.Min(Math.Min(available, destination.Length), Math.Min(Piece, LaneWriter.LaneBytes - at));
        new ReadOnlySpan<byte>(data + at, count).CopyTo(destination);
        _read += count;
        Volatile.Write(ref *head, _read);
        return count;
    }
}
