using System.Buffers.Binary;

namespace Shoal.Processes;

/// <summary>Cuts what comes out of a ring into frames. A frame may come in pieces, and may be longer than the ring.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class RingFrames(RingReader ring)
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private FrameKind _kind;
    private byte[]? _long;
    private int _have;

    /// <summary>Whether bytes are here that no frame was made of; they may be a part of one.</summary>
    public bool HasMore => _end > _start || !ring.IsEmpty;

    /// <summary>Takes the next frame if all of it is here.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public bool TryTake(out Frame frame)
    {
        frame = default;
        if (_long is null)
        {
            if (!Has(Frame.HeaderSize))
                return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
            FrameKind kind = (FrameKind)BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start + 4));
            if (length is < 0 or > Frame.MaxBody)
                throw new InvalidDataException($"A frame of kind {kind} claims {length} bytes.");
            if (length <= BufferSize - Frame.HeaderSize)
            {
                if (!Has(Frame.HeaderSize + length))
                    return false;
                frame = new Frame(kind, _buffer.AsMemory(_start + Frame.HeaderSize, length));
                _start += Frame.HeaderSize + length;
                return true;
            }
            BeginLong(kind, length);
        }
        return TryTakeLong(out frame);
    }

    private void BeginLong(FrameKind kind, int length)
    {
        _kind = kind;
        _long = GC.AllocateUninitializedArray<byte>(length);
        _start += Frame.HeaderSize;
        _have = _end - _start;
        _buffer.AsSpan(_start, _have).CopyTo(_long);
        _start = _end = 0;
    }

    private bool TryTakeLong(out Frame frame)
    {
        frame = default;
        while (_have < _long!.Length)
        {
            var got = ring.Read(_long.AsSpan(_have));
            if (got == 0)
                return false;
            _have += got;
        }
        frame = new Frame(_kind, _long);
        _long = null;
        return true;
    }

    // Has at least `count` bytes, at most a buffer full, at _start.
    private bool Has(int count)
    {
        if (_end - _start >= count)
            return true;
        if (ring.IsEmpty)
            return false;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        _end += ring.Read(_buffer.AsSpan(_end));
        return _end >= count;
    }
}
