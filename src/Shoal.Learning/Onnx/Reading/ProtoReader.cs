using System.Buffers.Binary;
using System.Text;

namespace Shoal.Learning.Onnx;

/// <summary>How a field of a protobuf message is stored.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    Fixed32 = 5,
}

/// <summary>A part of the file: the body of a message, a text or an array.</summary>
internal readonly record struct ProtoRange(int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>Reads one protobuf message field by field; nothing is read or allocated beyond its end.</summary>
/// <remarks>Source of the encoding: https://protobuf.dev/programming-guides/encoding/. Groups, long out of use, are refused.</remarks>
internal ref struct ProtoReader(OnnxFile file, ProtoRange range)
{
    private const int MostFields = 1 << 29;

    private readonly ReadOnlySpan<byte> _bytes = file.Bytes;
    private readonly OnnxFile _file = file;
    private readonly int _end = range.End;
    private int _position = range.Start;

    /// <summary>The number of the field that was found last.</summary>
    public int Field { get; private set; }

    public WireType Wire { get; private set; }

    public int Position => _position;

    /// <summary>Goes to the next field; its value must then be read or skipped.</summary>
    public bool Next()
    {
        if (_position >= _end)
            return false;
        var start = _position;
        var key = RawVarint();
        if (key >> 3 is 0 or >= MostFields)
            throw _file.Damaged("holds a field with an impossible number", start);
        Field = (int)(key >> 3);
        Wire = (WireType)(key & 7);
        if (Wire is not (WireType.Varint or WireType.Fixed64 or WireType.Length or WireType.Fixed32))
            throw _file.Damaged($"holds field {Field} in the unknown encoding {key & 7}", start);
        return true;
    }

    public void Skip()
    {
        switch (Wire)
        {
            case WireType.Varint:
                RawVarint();
                break;
            case WireType.Length:
                Range();
                break;
            default:
                Take(Wire == WireType.Fixed32 ? sizeof(uint) : sizeof(ulong));
                break;
        }
    }

    public long Integer()
    {
        Expect(WireType.Varint);
        return (long)RawVarint();
    }

    public float Single()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
    }

    /// <summary>The place of a message, text or array inside this message.</summary>
    public ProtoRange Range()
    {
        Expect(WireType.Length);
        var start = _position;
        var length = RawVarint();
        if (length > (ulong)(_end - _position))
            throw _file.Damaged($"holds field {Field} of {length} bytes where only {_end - _position} follow", start);
        var range = new ProtoRange(_position, _position + (int)length);
        _position = range.End;
        return range;
    }

    public string Text()
    {
        var range = Range();
        return Encoding.UTF8.GetString(_bytes[range.Start..range.End]);
    }

    /// <summary>A value of an array whose elements stand one by one or packed: reads it, or counts those of the pack.</summary>
    public ulong RawVarint()
    {
        var start = _position;
        var value = 0UL;
        for (var shift = 0; shift < 64 && _position < _end; shift += 7)
        {
            var part = _bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw _file.Damaged("holds a number that does not end", start);
    }

    /// <summary>An element of 4 or 8 bytes, as it stands.</summary>
    public ulong Fixed(int size) =>
        size == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(Take(size)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(size));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _end - _position)
            throw _file.Damaged($"ends inside field {Field}", _position);
        _position += length;
        return _bytes.Slice(_position - length, length);
    }

    private readonly void Expect(WireType wire)
    {
        if (Wire != wire)
            throw _file.Damaged($"holds field {Field} as {Wire} where {wire} was expected", _position);
    }
}
