using System.Runtime.InteropServices;

namespace Shoal.Wire;

/// <summary>The elements that a <see cref="Memory{T}"/> shows, not the whole array behind it: a row of a large matrix stays small.</summary>
internal sealed class MemoryFormatter<T> : Formatter<Memory<T>>
{
    public override void Write(WireWriter writer, in Memory<T> value) => ReadOnlyMemoryFormatter<T>.WriteItems(writer, value);

    public override void Read(WireReader reader, ref Memory<T> value) => value = VectorFormatter<T>.ReadNew(reader);
}

/// <summary>The elements that a <see cref="ReadOnlyMemory{T}"/> shows.</summary>
internal sealed class ReadOnlyMemoryFormatter<T> : Formatter<ReadOnlyMemory<T>>
{
    public static void WriteItems(WireWriter writer, ReadOnlyMemory<T> value)
    {
        if (MemoryMarshal.TryGetArray(value, out var segment))
            ArraySegmentFormatter<T>.WriteItems(writer, segment);
        else
            ArraySegmentFormatter<T>.WriteItems(writer, value.ToArray());
    }

    public override void Write(WireWriter writer, in ReadOnlyMemory<T> value) => WriteItems(writer, value);

    public override void Read(WireReader reader, ref ReadOnlyMemory<T> value) => value = VectorFormatter<T>.ReadNew(reader);
}

/// <summary>The elements that an <see cref="ArraySegment{T}"/> shows.</summary>
internal sealed class ArraySegmentFormatter<T> : Formatter<ArraySegment<T>>
{
    public static void WriteItems(WireWriter writer, ArraySegment<T> value)
    {
        writer.Number((ulong)value.Count);
        VectorFormatter<T>.WriteItems(writer, value.Array ?? [], value.Offset, value.Count);
    }

    public override void Write(WireWriter writer, in ArraySegment<T> value)
    {
        writer.Byte(value.Array is null ? (byte)0 : (byte)1);
        if (value.Array is not null)
            WriteItems(writer, value);
    }

    public override void Read(WireReader reader, ref ArraySegment<T> value) => value = reader.Byte() == 0 ? default : new ArraySegment<T>(VectorFormatter<T>.ReadNew(reader));
}
