namespace Shoal.Learning.Onnx;

/// <summary>The bytes of an ONNX file, and errors that name it.</summary>
internal sealed class OnnxFile(string path, byte[] bytes)
{
    public string Path { get; } = path;

    public byte[] Bytes { get; } = bytes;

    public static OnnxFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            if (stream.Length > Array.MaxLength)
                throw new ModelFileException(path, $"has {stream.Length} bytes, more than the 2 GB of an ONNX file. Export it with external data.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new(path, bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException(path, "there is no such file. Check the path, or export a model first.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(
                path, $"cannot be read: {ModelFileException.Quote(e.Message, 300)} Check that it is a file that you may read.", inner: e);
        }
    }

    /// <summary>The file breaks the format.</summary>
    public ModelFileException Damaged(string what, long offset, string? tensor = null) => new(
        Path, $"{what} (at byte {offset}). The file is damaged or no ONNX file: copy or export it again.", tensor, offset);

    /// <summary>The file keeps the format, but its graph makes no sense or asks for too much.</summary>
    public ModelFileException Wrong(string what, string cure = "Export the model again.", string? tensor = null) => new(Path, $"{what}. {cure}", tensor);
}
