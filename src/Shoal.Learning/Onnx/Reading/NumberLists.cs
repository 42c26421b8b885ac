using System.Buffers.Binary;

namespace Shoal.Learning.Onnx;

/// <summary>Short lists of numbers in a message, one by one or packed.</summary>
internal static class NumberLists
{
    /// <summary>Adds the integers of the reader's field, up to <paramref name="most"/> in all.</summary>
    public static void Add(OnnxFile file, ref ProtoReader reader, List<long> list, int most)
    {
        if (reader.Wire == WireType.Varint)
        {
            Grow(file, reader, list, most);
            list.Add(reader.Integer());
            return;
        }

        var range = reader.Range();
        var packed = new ProtoReader(file, range);
        while (packed.Position < range.End)
        {
            Grow(file, reader, list, most);
            list.Add((long)packed.RawVarint());
        }
    }

    /// <summary>Adds the floats of the reader's field, up to <paramref name="most"/> in all.</summary>
    public static void Add(OnnxFile file, ref ProtoReader reader, List<float> list, int most)
    {
        if (reader.Wire == WireType.Fixed32)
        {
            Grow(file, reader, list, most);
            list.Add(reader.Single());
            return;
        }

        var range = reader.Range();
        if (range.Length % sizeof(float) != 0)
            throw file.Damaged($"holds {range.Length} bytes as a list of floats", range.Start);
        for (var at = range.Start; at < range.End; at += sizeof(float))
        {
            Grow(file, reader, list, most);
            list.Add(BinaryPrimitives.ReadSingleLittleEndian(file.Bytes.AsSpan(at)));
        }
    }

    private static void Grow<T>(OnnxFile file, in ProtoReader reader, List<T> list, int most)
    {
        if (list.Count >= most)
            throw file.Damaged($"holds a list of more than {most} numbers", reader.Position);
    }
}
