namespace Shoal.Frames;

/// <summary>A file that is no well-formed IDX file, or not the one that was asked for.</summary>
/// <remarks>The message is one line: file, offset, what was expected and found, and what to do.</remarks>
public sealed class IdxException : ShoalException
{
    /// <summary>An error at a place of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The offset in bytes, in the unpacked content where the file is packed.</param>
    /// <param name="message">The whole line.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public IdxException(string file, long offset, string message, Exception? inner = null)
        : base(message, inner)
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The offset in bytes at which the file is not what it should be, in the unpacked content where the file is packed.</summary>
    public long Offset { get; }
}
