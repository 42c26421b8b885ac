using System.Buffers.Binary;
using System.Text;

namespace Shoal.Learning.Onnx;

/// <summary>Builds one protobuf message; large arrays stay where they are until the message is written to a stream.</summary>
internal sealed class ProtoWriter
{
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>The bytes of the message.</summary>
    public long Length { get; private set; }

    public void Integer(int field, long value)
    {
        Key(field, WireType.Varint);
        Varint((ulong)value);
    }

    public void Single(int field, float value)
    {
        Key(field, WireType.Fixed32);
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Append(bytes);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Key(field, WireType.Length);
        Varint((ulong)value.Length);
        Append(value);
    }

    public void Message(int field, ProtoWriter message)
    {
        Key(field, WireType.Length);
        Varint((ulong)message.Length);
        foreach (var part in message._parts)
            Append(part);
    }

    public void WriteTo(Stream stream)
    {
        foreach (var part in _parts)
            stream.Write(part.Span);
    }

    private void Key(int field, WireType wire) => Varint(((ulong)field << 3) | (ulong)wire);

    private void Varint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        var count = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[count++] = (byte)(value | 0x80);
        bytes[count++] = (byte)value;
        Append(bytes[..count].ToArray());
    }

    private void Append(ReadOnlyMemory<byte> part)
    {
        _parts.Add(part);
        Length += part.Length;
    }
}
