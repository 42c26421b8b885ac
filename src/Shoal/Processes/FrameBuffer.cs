using System.Buffers;
using System.Buffers.Binary;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// Collects frames to be sent at once. It grows by segments, so that a batch may be longer than one array; a single frame may not.
/// </summary>
/// <remarks>
/// Not thread-safe. Segments of up to 1 MB are kept for the next batch: a new one for each would be cleared, and pushes what the functions work on out of the
/// processor's cache.
/// </remarks>
internal sealed class FrameBuffer(int maxBody = Frame.MaxBody) : IBufferWriter<byte>, IBlockOutput
{
    private const int FirstSegment = 16 * 1024;
    private const int LargeSegment = 1024 * 1024;
    private const int KeptSegments = 1;

    private byte[][] _segments = [new byte[FirstSegment]];
    private int[] _used = new int[1];
    private int _last;
    private int _headerSegment = -1;
    private int _headerOffset;
    private long _body;
    private long _laneBefore;

    /// <summary>How many segments hold something.</summary>
    public int SegmentCount => _last + 1;

    /// <summary>The large blocks that the frames refer to; none where there is no lane.</summary>
    public LanePlan? Lane { get; set; }

    /// <summary>Where the large blocks of the open frame go.</summary>
    public IBlockPlaces? Places { get; set; }

    /// <summary>All bytes, headers included.</summary>
    public long Length { get; private set; }

    public ReadOnlySpan<byte> Segment(int number) => _segments[number].AsSpan(0, _used[number]);

    public void Clear()
    {
        for (var i = 1; i <= _last; i++)
        {
            if (i > KeptSegments || _segments[i].Length > LargeSegment)
                _segments[i] = [];
        }
        _last = 0;
        _used[0] = 0;
        _headerSegment = -1;
        Length = 0;
        Lane?.Clear();
        Places = Lane;
    }

    /// <summary>Opens a frame: what is written until <see cref="End()"/> is its body.</summary>
    public void Begin(FrameKind kind)
    {
        Span<byte> header = GetSpan(Frame.HeaderSize);
        _headerSegment = _last;
        _headerOffset = _used[_last];
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], (int)kind);
        Put(Frame.HeaderSize);
        _body = 0;
        _laneBefore = Lane?.End ?? 0;
    }

    /// <summary>Closes the open frame. Where it refers to the lane, a frame follows that lets a reader pass over what it did not want.</summary>
    public void End()
    {
        BinaryPrimitives.WriteInt32LittleEndian(Header(), (int)_body);
        if (Lane is not { } lane || lane.End == _laneBefore)
            return;
        Begin(FrameKind.Lane);
        Int64(lane.End);
        End();
    }

    /// <summary>Closes the open frame, which turned out to be of another kind.</summary>
    public void End(FrameKind kind)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Header()[4..], (int)kind);
        End();
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(GetSpan(4), value);
        Advance(4);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(GetSpan(8), value);
        Advance(8);
    }

    /// <summary>Text with its length before it.</summary>
    public void Text(string value)
    {
        var count = System.Text.Encoding.UTF8.GetByteCount(value);
        Int32(count);
        System.Text.Encoding.UTF8.GetBytes(value, GetSpan(count));
        Advance(count);
    }

    /// <exception cref="FrameTooLongException">The open frame would be longer than a frame can be.</exception>
    public void Advance(int count)
    {
        if (_body + count > maxBody)
            throw new FrameTooLongException(_body + count, maxBody);
        _body += count;
        Put(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _segments[_last].AsMemory(_used[_last]);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _segments[_last].AsSpan(_used[_last]);
    }

    private Span<byte> Header() => _segments[_headerSegment].AsSpan(_headerOffset, Frame.HeaderSize);

    private void Put(int count)
    {
        _used[_last] += count;
        Length += count;
    }

    private void Reserve(int size)
    {
        if (_segments[_last].Length - _used[_last] >= Math.Max(size, 1))
            return;
        _last++;
        if (_last == _segments.Length)
        {
            Array.Resize(ref _segments, _last * 2);
            Array.Resize(ref _used, _last * 2);
        }
        if ((_segments[_last]?.Length ?? 0) < Math.Max(size, 1))
            _segments[_last] = GC.AllocateUninitializedArray<byte>(Math.Max(size, LargeSegment));
        _used[_last] = 0;
    }
}
