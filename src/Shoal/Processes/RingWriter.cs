namespace Shoal.Processes;

/// <summary>The writing end of a ring of bytes in shared memory.</summary>
/// <remarks>
/// One thread at a time. What is written is seen by the other side only after <see cref="Publish"/>: a writer that ends in between leaves nothing behind.
/// </remarks>
internal sealed unsafe class RingWriter(byte* data, int size, long* tail, long* head)
{
    private long _written;
    private long _headSeen;

    /// <summary>The free bytes now.</summary>
    public int Free
    {
        get
        {
            _headSeen = Volatile.Read(ref *head);
            return FreeSeen;
        }
    }

    private int FreeSeen => _written - _headSeen is >= 0 and var used && used <= size
        ? size - (int)used
        : throw new InvalidDataException($"A ring of {size} bytes is damaged: it was written up to {_written} and read up to {_headSeen}.");

    /// <summary>Copies what fits.</summary>
    /// <returns>How many bytes did.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (FreeSeen < bytes.Length && Free < bytes.Length)
            bytes = bytes[..FreeSeen];
        var at = (int)_written & (size - 1);
        var first = Math.Min(bytes.Length, size - at);
        bytes[..first].CopyTo(new Span<byte>(data + at, first));
        bytes[first..].CopyTo(new Span<byte>(data, bytes.Length - first));
        _written += bytes.Length;
        return bytes.Length;
    }

    /// <summary>Lets the other side see what was written.</summary>
    public void Publish() => Volatile.Write(ref *tail, _written);
}
