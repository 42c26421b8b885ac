using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Shoal.Learning;

/// <summary>Reads and writes safetensors files: named arrays behind a JSON header, nothing in them that runs.</summary>
/// <remarks>
/// A file is eight bytes of header length, the header, then the data of all tensors without gaps. Files are written whole or not at all.
/// What is read is not trusted: lengths, offsets, shapes and types are checked before anything of their size is allocated.
/// Source: the format's page, https://github.com/huggingface/safetensors. Thread-safe.
/// </remarks>
public static class SafeTensors
{
    internal const int LengthBytes = 8;
    internal const long LongestHeader = 100_000_000;
    internal const string MetadataKey = "__metadata__";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file: a temporary one in the same folder, flushed to the disk, then renamed over <paramref name="path"/>.</summary>
    /// <remarks>Tensors are sorted by descending size of their element, then by name; the same content gives the same bytes.</remarks>
    /// <param name="path">The file; one that exists is replaced at the end and untouched on failure.</param>
    /// <param name="tensors">The tensors, in any order.</param>
    /// <param name="metadata">Texts to keep beside them, or null.</param>
    /// <exception cref="ArgumentException">Two tensors share a name, or shape and bytes do not fit.</exception>
    /// <exception cref="ModelFileException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<SavedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sort(tensors);
        var header = Header(sorted, metadata);
        WholeFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in sorted)
                stream.Write(tensor.Data.Span);
        });
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file cannot be read, or is no valid safetensors file.</exception>
    public static SafeTensorsFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            return Read(path, stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException(path, "there is no such file. Check the path, or train and save a model first.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(
                path, $"cannot be read: {ModelFileException.Quote(e.Message, 300)} Check that it is a file that you may read.", inner: e);
        }
    }

    internal static long Alignment(TensorType type) => type switch
    {
        TensorType.BOOL or TensorType.U8 or TensorType.I8 => 1,
        TensorType.I16 or TensorType.U16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.U32 or TensorType.F32 => 4,
        _ => 8,
    };

    private static SafeTensorsFile Read(string path, FileStream stream)
    {
        var size = stream.Length;
        if (size < LengthBytes)
            throw Damaged(path, $"is {size} bytes long, but a header length alone takes {LengthBytes}", size);
        Span<byte> length = stackalloc byte[LengthBytes];
        stream.ReadExactly(length);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerLength > LongestHeader)
            throw Damaged(path, $"says that its header has {headerLength} bytes, more than the format's {LongestHeader}", 0);
        if ((long)headerLength > size - LengthBytes)
            throw Damaged(path, $"says that its header has {headerLength} bytes, but only {size - LengthBytes} follow", 0);
        var dataLength = size - LengthBytes - (long)headerLength;
        if (dataLength > Array.MaxLength)
        {
            throw new ModelFileException(
                path, $"holds {dataLength} bytes of data, more than the {Array.MaxLength} that can be read. Split it into several files.");
        }


        var header = new byte[headerLength];
        stream.ReadExactly(header);
        var parsed = SafeTensorsHeader.Parse(path, header, dataLength);
        var data = new byte[dataLength];
        stream.ReadExactly(data);
        var tensors = new Dictionary<string, SavedTensor>(parsed.Entries.Count, StringComparer.Ordinal);
        foreach (var entry in parsed.Entries)
            tensors.Add(entry.Name, new(entry.Name, entry.Type, entry.Shape, data.AsMemory((int)entry.Begin, (int)(entry.End - entry.Begin))));
        return new(path, parsed.Metadata, tensors);
    }

    private static ModelFileException Damaged(string path, string what, long offset) =>
        new(path, $"{what} (at byte {offset}). The file is cut off or no safetensors file: copy or save it again.", offset: offset);

    private static SavedTensor[] Sort(IEnumerable<SavedTensor> tensors)
    {
        SavedTensor[] sorted = [.. tensors.OrderByDescending(t => Alignment(t.Type)).ThenBy(t => t.Name, StringComparer.Ordinal)];
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
        foreach (var tensor in sorted)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"SafeTensors.Write: the name \"{tensor.Name}\" is taken. Give each tensor a name of its own.");
            var bytes = tensor.Shape.Aggregate(Alignment(tensor.Type), (product, n) => checked(product * n));
            if (bytes != tensor.Data.Length)
            {
                throw new ArgumentException(
                    $"SafeTensors.Write: {tensor.Name} of shape [{string.Join(", ", tensor.Shape)}] takes {bytes} bytes, got {tensor.Data.Length}.");
            }
        }

        return sorted;
    }

    private static byte[] Header(SavedTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Type.ToString());
                WriteIntegers(writer, "shape", tensor.Shape);
                WriteIntegers(writer, "data_offsets", [offset, offset += tensor.Data.Length]);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        while (buffer.Length % LengthBytes != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string property, IReadOnlyList<long> values)
    {
        writer.WriteStartArray(property);
        foreach (var value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
