using System.Buffers.Binary;
using System.IO.Compression;
using Shoal.Frames.Internal;

namespace Shoal.Frames;

/// <summary>Reads IDX files, the format of the MNIST digits: a tensor of unsigned bytes of any rank, plain or packed by gzip.</summary>
/// <remarks>
/// A file is two zero bytes, a type byte (0x08: unsigned byte), the rank, one big-endian 32-bit length for each dimension, then the values, row-major.
/// A file from a stranger does no harm: no more memory is taken than its content justifies, and nothing past the declared end is unpacked.
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", the section on file formats.
/// </remarks>
public static class Idx
{
    private const byte UnsignedByte = 0x08;

    // The densest stream of deflate: 258 bytes from 2 bits. A header that declares more than this cannot be true.
    private const long DeflateLimit = 1032;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>Reads one file; gzip is told by its first two bytes, not by the file's name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">The rank that is expected, such as 3 for images and 1 for labels; any rank where null.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="IdxException">The file is missing, unreadable, cut off, of another type or rank, declares more than it holds, or goes on after its values.</exception>
    public static IdxTensor Read(string path, int? rank = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
            if (!IsGzip(file))
                return Read(new CountingReader(path, file), rank, file.Length);

            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            var reader = new CountingReader(path, unpacked, "unpacked byte");
            var tensor = Read(reader, rank, DeflateLimit * file.Length);
            CheckTrailer(reader, file);
            return tensor;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IdxException(path, 0, $"{path}: there is no such file. Check the path, or put the file there.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IdxException(path, 0, $"{path}: cannot be read ({OneLine(error)}). Check that it is a file that you may read.", error);
        }
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == start.Length && start.SequenceEqual(GzipMagic);
    }

    // GZipStream takes a file whose last eight bytes, checksum and size, are cut off.
    private static void CheckTrailer(CountingReader reader, FileStream file)
    {
        Span<byte> size = stackalloc byte[4];
        file.Position = file.Length - size.Length;
        file.ReadExactly(size);
        var recorded = BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (recorded != (uint)reader.Offset)
            throw reader.Error(reader.Offset, $"the content ends, and the last four bytes of the packed file record {recorded} bytes", "The file is cut off, or packed in several parts; get it again or pack it anew by gzip.");
    }

    private static IdxTensor Read(CountingReader reader, int? rank, long mostBytes)
    {
        Span<byte> magic = stackalloc byte[4];
        reader.Fill(magic, "the magic number");
        CheckMagic(reader, magic, rank);

        var shape = new int[magic[3]];
        var size = 1L;
        Span<byte> length = stackalloc byte[4];
        for (var dimension = 0; dimension < shape.Length; dimension++)
        {
            reader.Fill(length, $"the length of dimension {dimension}");
            var declared = BinaryPrimitives.ReadUInt32BigEndian(length);
            if (declared > Array.MaxLength || (size *= declared) > Array.MaxLength)
                throw reader.Error(reader.Offset - 4, $"dimension {dimension} is {declared}, which makes more than the {Array.MaxLength} bytes that an array can hold", "The header is damaged; get the file again.");

            shape[dimension] = (int)declared;
        }

        if (size > mostBytes - reader.Offset)
        {
            var held = Math.Max(0, mostBytes - reader.Offset);
            throw reader.Error(reader.Offset, $"the header declares {size} bytes of values, the file holds {(reader.Packed ? "at most " : "")}{held}", "The file is cut off; get it again.");
        }

        var values = reader.Rest((int)size);
        return new IdxTensor(shape, values);
    }

    private static void CheckMagic(CountingReader reader, ReadOnlySpan<byte> magic, int? rank)
    {
        var found = BinaryPrimitives.ReadUInt32BigEndian(magic);
        var expected = rank is { } wanted ? $"0x{(UnsignedByte << 8) | wanted:X8}" : $"0x{UnsignedByte << 8:X8} plus the rank";
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != UnsignedByte)
            throw reader.Error(0, $"magic number 0x{found:X8}, expected {expected} (unsigned bytes)", "This is no IDX file of bytes; check that it is the right file.");

        if (rank is { } dimensions && magic[3] != dimensions)
            throw reader.Error(3, $"magic number 0x{found:X8} ({magic[3]} dimensions), expected {expected} ({dimensions})", "Images have 3 dimensions and labels 1; check that the files are not swapped.");
    }

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ");
}
