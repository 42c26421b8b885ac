namespace Shoal.Learning;

/// <summary>Writes a file whole or not at all: readers see the old content or the new, never a part.</summary>
internal static class WholeFile
{
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw CannotWrite(path, e);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Creates and deletes a temporary file where <see cref="Write"/> would, to find out early what would fail.</summary>
    public static void CheckWritable(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new ModelFileException("(no name)", "a model needs a file name to be saved, as in digits.safetensors.");
        if (Directory.Exists(path))
            throw new ModelFileException(path, $"is a folder. Name a file in it, as in {Path.Combine(path, "model.safetensors")}.");
        var temporary = TemporaryFor(path);
        try
        {
            using var stream = new FileStream(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            stream.WriteByte(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw CannotWrite(path, e);
        }
    }

    private static string TemporaryFor(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(full) ?? full, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
    }

    private static ModelFileException CannotWrite(string path, Exception e)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        var cure = Directory.Exists(folder)
            ? "Choose a folder that you may write to and that has room."
            : $"There is no folder {folder}: create it or choose another.";
        return new(path, $"cannot be written: {ModelFileException.Quote(e.Message, 300)} {cure}", inner: e);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report.
        }
    }
}
