using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>
/// A pool's: the large arrays that functions captured, each once in memory that all its workers map. An array stays as long as a worker has it.
/// </summary>
/// <remarks>Thread-safe. Who needs an array that is being written waits for it.</remarks>
internal sealed class FiledContents
{
    /// <summary>From this size on an array is worth a file: a smaller one is through the lane as fast, and each takes a descriptor.</summary>
    public const int LeastBytes = 4 << 20;

    private readonly Lock _lock = new();
    private readonly List<FiledContent> _contents = [];

    /// <summary>Leases the content of a part of an array, for one worker; it is written first where it is not there.</summary>
    /// <param name="array">The array.</param>
    /// <param name="type">The number of its type.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="captured">What is known of the arrays of the call.</param>
    /// <param name="written">How many bytes were written.</param>
    /// <returns>The content; none where the system refuses so much memory.</returns>
    public FiledContent? Lease(Array array, int type, long offset, long count, CapturedArrays captured, out long written)
    {
        written = 0;
        lock (_lock)
        {
            // The hash comes with the copy, where nothing here can be the same.
            FiledContent? content = null;
            if (_contents.Exists(other => other.Key.Type == type && other.Key.Bytes == count))
                content = Find(new ContentKey(type, count, captured.HashOf(array, offset, count, LaneWriter.PartBytes)));
            if (content is null)
            {
                content = FiledContent.TryWrite(array, type, offset, count);
                if (content is null)
                    return null;
                written = count;
                captured.Note(array, offset, count, content.Key.Hash);
                if (Find(content.Key) is { } same)
                {
                    // It was changed, since it was hashed, to what another one holds.
                    content.Dispose();
                    content = same;
                }
                else
                {
                    _contents.Add(content);
                }
            }
            content.Leases++;
            return content;
        }
    }

    /// <summary>A worker does not need the content any more.</summary>
    public void Release(FiledContent content)
    {
        lock (_lock)
        {
            if (--content.Leases > 0)
                return;
            _ = _contents.Remove(content);
            content.Dispose();
        }
    }

    private FiledContent? Find(ContentKey key) => _contents.Find(other => other.Key == key);
}
