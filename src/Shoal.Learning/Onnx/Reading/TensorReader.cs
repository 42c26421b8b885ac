namespace Shoal.Learning.Onnx;

/// <summary>Reads a TensorProto. What is little-endian in the file already stays where it is; the rest is counted before memory is taken.</summary>
internal static class TensorReader
{
    private const int MostAxes = 32;
    private const int External = 1;

    // Fields of TensorProto that hold elements.
    private const int FloatData = 4, Int32Data = 5, StringData = 6, Int64Data = 7, RawData = 9, DoubleData = 10, UInt64Data = 11;

    /// <param name="file">The file.</param>
    /// <param name="range">The message.</param>
    /// <param name="place">For messages: where the tensor stands, if it has no name.</param>
    public static (string Name, OnnxTensor Tensor) Read(OnnxFile file, ProtoRange range, string place)
    {
        var (name, number, location) = ("", 0L, 0L);
        var dims = new List<long>();
        var external = default(List<ProtoRange>);
        var data = default((int Field, ProtoRange Range, bool Whole)?);
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1:
                    NumberLists.Add(file, ref reader, dims, MostAxes);
                    break;
                case 2:
                    number = reader.Integer();
                    break;
                case 8:
                    name = reader.Text();
                    break;
                case 13:
                    (external ??= []).Add(reader.Range());
                    break;
                case 14:
                    location = reader.Integer();
                    break;
                case FloatData or Int32Data or StringData or Int64Data or RawData or DoubleData or UInt64Data:
                    if (data is { } earlier && earlier.Field != reader.Field)
                        throw file.Damaged($"holds the elements of {place} twice", reader.Position, place);
                    var one = reader.Wire == WireType.Length ? reader.Range() : Skip(ref reader);
                    data = (reader.Field, one, data is null && one.Length > 0);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (name.Length > 0)
            place = $"tensor \"{ModelFileException.Quote(name)}\"";
        var type = ElementTypes.FromOnnx(number)
            ?? throw file.Wrong($"{place} has elements of type {ElementTypes.OnnxName(number)}", "Export the model with numeric types.", name);
        var sizes = Sizes(file, dims, place, range.Start);
        var bytes = OnnxTensor.CountOf(sizes) * ElementTypes.Size(type);
        if (location == External)
            return (name, new(type, sizes, ExternalData.Read(file, external ?? [], place, bytes), 0));
        if (bytes == 0)
            return (name, new(type, sizes, [], 0));
        if (data is not { } found)
            throw file.Damaged($"lacks the {bytes} bytes of {place}, {type} of shape {OnnxTensor.Format(sizes)}", range.Start, name);
        if (found is { Field: RawData, Whole: false })
            throw file.Damaged($"holds the bytes of {place} in pieces", range.Start, name);
        var tensor = found.Field == RawData || (found.Whole && found.Field == InPlace(type))
            ? Slice(file, found.Range, type, sizes, bytes, place)
            : new OnnxTensor(type, sizes, Decode(file, range, found.Field, type, bytes, place), 0);
        if (type == TensorType.BOOL && tensor.Bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw file.Damaged($"holds a truth value in {place} that is neither 0 nor 1", range.Start, name);
        return (name, tensor);
    }

    private static ProtoRange Skip(ref ProtoReader reader)
    {
        reader.Skip();
        return default;
    }

    private static int InPlace(TensorType type) => type switch
    {
        TensorType.F32 => FloatData,
        TensorType.F64 => DoubleData,
        _ => RawData,
    };

    private static int[] Sizes(OnnxFile file, List<long> dims, string place, int start)
    {
        var sizes = new int[dims.Count];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = dims[i] is >= 0 and <= int.MaxValue ? (int)dims[i] : throw file.Damaged($"gives {place} the size {dims[i]} on axis {i}", start);
        if (OnnxTensor.CountOf(sizes) > Array.MaxLength / sizeof(double))
            throw file.Damaged($"gives {place} the shape {OnnxTensor.Format(sizes)}, too large for a file", start);
        return sizes;
    }

    private static OnnxTensor Slice(OnnxFile file, ProtoRange range, TensorType type, int[] sizes, long bytes, string place)
    {
        if (range.Length != bytes)
            throw file.Damaged($"holds {range.Length} bytes for {place}, {type} of shape {OnnxTensor.Format(sizes)}, which takes {bytes}", range.Start, place);
        var size = ElementTypes.Size(type);
        if (BitConverter.IsLittleEndian || size == 1)
            return new(type, sizes, file.Bytes, range.Start);
        var turned = file.Bytes[range.Start..range.End];
        for (var at = 0; at < turned.Length; at += size)
            turned.AsSpan(at, size).Reverse();
        return new(type, sizes, turned, 0);
    }

    /// <summary>Elements that the file holds as numbers of their own: each may be narrower here, as bools and halves in int32_data are.</summary>
    private static byte[] Decode(OnnxFile file, ProtoRange range, int field, TensorType type, long bytes, string place)
    {
        var size = ElementTypes.Size(type);
        var fits = field switch
        {
            Int32Data => type is TensorType.I32 or TensorType.I16 or TensorType.I8 or TensorType.U16 or TensorType.U8 or TensorType.BOOL or TensorType.F16,
            Int64Data => type == TensorType.I64,
            UInt64Data => type is TensorType.U32 or TensorType.U64,
            _ => field == InPlace(type),
        };
        if (!fits)
            throw file.Damaged($"holds the elements of {place}, {type}, in the wrong field {field}", range.Start, place);
        var count = Count(file, range, field, size);
        if (count * size != bytes)
            throw file.Damaged($"holds {count} elements for {place}, which takes {bytes / size}", range.Start, place);
        var values = new byte[bytes];
        var at = 0;
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field != field)
            {
                reader.Skip();
                continue;
            }

            var end = reader.Position;
            var packed = reader;
            if (reader.Wire == WireType.Length)
            {
                var pack = reader.Range();
                packed = new(file, pack);
                end = pack.End;
            }
            else
            {
                reader.Skip();
                end = reader.Position;
            }

            for (; packed.Position < end; at += size)
            {
                if (field is FloatData or DoubleData)
                    Store(values.AsSpan(at, size), packed.Fixed(size));
                else
                    Store(values.AsSpan(at, size), packed.RawVarint());
            }
        }

        return values;
    }

    private static long Count(OnnxFile file, ProtoRange range, int field, int size)
    {
        var count = 0L;
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field != field || reader.Wire != WireType.Length)
            {
                count += reader.Field == field ? 1 : 0;
                reader.Skip();
                continue;
            }

            var pack = reader.Range();
            if (field is FloatData or DoubleData)
            {
                if (pack.Length % size != 0)
                    throw file.Damaged($"holds {pack.Length} bytes as a list of numbers of {size}", pack.Start);
                count += pack.Length / size;
                continue;
            }

            var packed = new ProtoReader(file, pack);
            for (; packed.Position < pack.End; count++)
                packed.RawVarint();
        }

        return count;
    }

    private static void Store(Span<byte> element, ulong value)
    {
        switch (element.Length)
        {
            case 1:
                element[0] = (byte)value;
                break;
            case 2:
                BitConverter.TryWriteBytes(element, (ushort)value);
                break;
            case 4:
                BitConverter.TryWriteBytes(element, (uint)value);
                break;
            default:
                BitConverter.TryWriteBytes(element, value);
                break;
        }
    }
}
