using System.Text.Json;

namespace Shoal.Learning;

/// <summary>The header of a safetensors file, checked as it is parsed: nothing in it is believed before it fits the file.</summary>
internal sealed class SafeTensorsHeader
{
    // Bounds what a hostile header can make us allocate; real models have a few thousand.
    private const int MostTensors = 65_536;
    private const int MostAxes = 16;

    private SafeTensorsHeader(IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, string> metadata) => (Entries, Metadata) = (entries, metadata);

    public IReadOnlyList<Entry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafeTensorsHeader Parse(string path, ReadOnlySpan<byte> header, long dataLength)
    {
        if (header.IsEmpty || header[0] != (byte)'{')
            throw Wrong(path, "its header does not begin with \"{\"", null, SafeTensors.LengthBytes);
        var reader = new Utf8JsonReader(header);
        try
        {
            return Parse(path, ref reader, dataLength);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-8 or an escape without its second half.
            throw Wrong(path, "its header is no valid JSON", null, SafeTensors.LengthBytes + reader.BytesConsumed, e);
        }
    }

    private static SafeTensorsHeader Parse(string path, ref Utf8JsonReader reader, long dataLength)
    {
        var entries = new List<Entry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var offset = SafeTensors.LengthBytes + reader.TokenStartIndex;
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw Wrong(path, $"the name \"{ModelFileException.Quote(name)}\" appears twice in its header", name, offset);
            if (name == SafeTensors.MetadataKey)
                metadata = ReadMetadata(path, ref reader);
            else if (entries.Count == MostTensors)
                throw Wrong(path, $"its header names more than {MostTensors} tensors", null, offset);
            else
                entries.Add(ReadEntry(path, ref reader, name, dataLength));
        }

        while (reader.Read())
        {
        }

        CheckCoverage(path, entries, dataLength);
        return new(entries, metadata ?? []);
    }

    private static Dictionary<string, string> ReadMetadata(string path, ref Utf8JsonReader reader)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Expect(path, ref reader, JsonTokenType.StartObject, SafeTensors.MetadataKey, "an object of texts");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var offset = SafeTensors.LengthBytes + reader.TokenStartIndex;
            var key = reader.GetString()!;
            Expect(path, ref reader, JsonTokenType.String, SafeTensors.MetadataKey, "an object of texts");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Wrong(path, $"the key \"{ModelFileException.Quote(key)}\" appears twice in its metadata", null, offset);
        }

        return metadata;
    }

    private static Entry ReadEntry(string path, ref Utf8JsonReader reader, string name, long dataLength)
    {
        TensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(path, ref reader, JsonTokenType.StartObject, name, "an object with dtype, shape and data_offsets");
        var start = SafeTensors.LengthBytes + reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (type is null && reader.ValueTextEquals("dtype"))
                type = ReadType(path, ref reader, name);
            else if (shape is null && reader.ValueTextEquals("shape"))
                shape = ReadIntegers(path, ref reader, name, "shape");
            else if (offsets is null && reader.ValueTextEquals("data_offsets"))
                offsets = ReadIntegers(path, ref reader, name, "data_offsets");
            else
                throw Wrong(path, $"tensor {Quoted(name)} has an unknown or repeated property", name, SafeTensors.LengthBytes + reader.TokenStartIndex);
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Wrong(path, $"tensor {Quoted(name)} lacks dtype, shape or a pair of data_offsets", name, start);
        if (begin > end || end > dataLength)
            throw Wrong(path, $"tensor {Quoted(name)} has data_offsets [{begin}, {end}], but the file holds {dataLength} bytes of data", name, start);
        var bytes = (UInt128)SafeTensors.Alignment(type.Value);
        foreach (var n in shape)
            bytes = n == 0 || bytes == 0 ? 0 : bytes > (UInt128)dataLength ? bytes : bytes * (UInt128)n;
        if (bytes != (UInt128)(end - begin))
        {
            throw Wrong(
                path,
                $"tensor {Quoted(name)}: {type} of shape [{string.Join(", ", shape)}] does not take the {end - begin} bytes of its data_offsets",
                name,
                start);
        }

        return new(name, type.Value, shape, begin, end);
    }

    private static TensorType ReadType(string path, ref Utf8JsonReader reader, string name)
    {
        Expect(path, ref reader, JsonTokenType.String, name, "a dtype as text");
        var text = reader.GetString()!;
        return Enum.GetNames<TensorType>().Contains(text)
            ? Enum.Parse<TensorType>(text)
            : throw Wrong(
                path,
                $"tensor {Quoted(name)} has the dtype \"{Quoted(text)}\", expected one of {string.Join(" ", Enum.GetNames<TensorType>())}",
                name,
                SafeTensors.LengthBytes + reader.TokenStartIndex);
    }

    private static long[] ReadIntegers(string path, ref Utf8JsonReader reader, string name, string property)
    {
        Expect(path, ref reader, JsonTokenType.StartArray, name, $"an array as {property}");
        Span<long> values = stackalloc long[MostAxes];
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (count == MostAxes || !reader.TryGetInt64(out values[count]) || values[count] < 0)
            {
                throw Wrong(
                    path,
                    $"tensor {Quoted(name)} has a {property} that is not made of at most {MostAxes} whole numbers from 0 on",
                    name,
                    SafeTensors.LengthBytes + reader.TokenStartIndex);
            }

            count++;
        }

        if (reader.TokenType != JsonTokenType.EndArray)
        {
            throw Wrong(
                path,
                $"tensor {Quoted(name)} has a {property} that holds something else than numbers",
                name,
                SafeTensors.LengthBytes + reader.TokenStartIndex);
        }

        return values[..count].ToArray();
    }

    private static void CheckCoverage(string path, List<Entry> entries, long dataLength)
    {
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var covered = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != covered)
            {
                var what = entry.Begin < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw Wrong(
                    path, $"tensor {Quoted(entry.Name)} begins at byte {entry.Begin} of the data and {what}, expected {covered}", entry.Name, null);
            }

            covered = entry.End;
        }

        if (covered != dataLength)
            throw Wrong(path, $"its tensors end at byte {covered} of the data, but the file holds {dataLength}", null, null);
    }

    private static void Expect(string path, ref Utf8JsonReader reader, JsonTokenType token, string name, string expected)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw Wrong(path, $"\"{ModelFileException.Quote(name)}\" is not {expected}", name, SafeTensors.LengthBytes + reader.TokenStartIndex);
    }

    private static string Quoted(string name) => ModelFileException.Quote(name);

    private static ModelFileException Wrong(string path, string what, string? tensor, long? offset, Exception? inner = null) => new(
        path, $"{what}{(offset is null ? "" : $" (at byte {offset})")}. The file is damaged: copy or save it again.", tensor, offset, inner);

    internal readonly record struct Entry(string Name, TensorType Type, long[] Shape, long Begin, long End);
}
