namespace Shoal.Frames.Internal;

/// <summary>Reads a stream from front to back and knows the offset for its errors.</summary>
internal sealed class CountingReader(string path, Stream stream, string unit = "byte")
{
    private const int FirstPiece = 1 << 20;

    public long Offset { get; private set; }

    public bool Packed { get; } = unit != "byte";

    /// <summary>Fills the destination, or fails with what was being read.</summary>
    public void Fill(Span<byte> destination, string what)
    {
        var start = Offset;
        var read = ReadUpTo(destination);
        if (read < destination.Length)
            throw Error(Offset, $"the file ends after {read} of the {destination.Length} bytes of {what}, which begins at {start}", "The file is cut off; get it again.");
    }

    /// <summary>The last <paramref name="size"/> bytes of the stream. The buffer grows with what really arrives, whatever the header declared.</summary>
    public byte[] Rest(int size)
    {
        var values = new byte[Math.Min(size, FirstPiece)];
        var filled = 0;
        while (true)
        {
            var read = ReadUpTo(values.AsSpan(filled));
            filled += read;
            if (filled == size)
                break;
            if (filled < values.Length)
                throw Error(Offset, $"the file ends after {filled} of the {size} bytes of values that its header declares", "The file is cut off; get it again.");

            Array.Resize(ref values, (int)Math.Min(size, 2L * values.Length));
        }

        Span<byte> after = stackalloc byte[1];
        var end = Offset;
        if (ReadUpTo(after) != 0)
            throw Error(end, $"the file goes on after the {size} bytes of values that its header declares", "The header or the file is damaged; get it again.");

        return values;
    }

    public IdxException Error(long offset, string problem, string cure) =>
        new(path, offset, $"{path}: at {unit} {offset}, {problem}. {cure}");

    private int ReadUpTo(Span<byte> destination)
    {
        try
        {
            var read = stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            Offset += read;
            return read;
        }
        catch (InvalidDataException error)
        {
            var problem = $"the packed content is damaged ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})";
            throw new IdxException(path, Offset, $"{path}: at {unit} {Offset} or soon after, {problem}. Get the file again.", error);
        }
    }
}
