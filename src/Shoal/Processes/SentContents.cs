using Shoal.Backends;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// The large arrays that functions captured and that one worker was sent. Those that functions only read it keeps, by content: the next call that captures the same
/// sends a number.
/// </summary>
/// <param name="keptBytes">How much a worker keeps beyond what its functions need; those that were not needed for longest go first.</param>
/// <param name="files">Where contents are that the worker maps; none where all go through its lane.</param>
/// <remarks>
/// Not thread-safe. What is written for a batch counts only after <see cref="Commit"/>: the batch may be refused. Lists of objects, and loops over them: this is the way to
/// the first result, and what is generic over structs of ours would have to be compiled there.
/// </remarks>
internal sealed class SentContents(long keptBytes, FiledContents? files) : IBlockPlaces
{
    private readonly List<SentContent> _all = [];
    private readonly List<SentContent> _new = [];
    private readonly List<SentContent> _used = [];
    private readonly List<SentContent> _dropped = [];
    private Job? _job;
    private int _forgotten = -1;
    private long _numbers;
    private long _uses;

    /// <summary>How many arrays the worker has.</summary>
    public int Count => _all.Count;

    /// <summary>How many bytes were written to files for this batch.</summary>
    public long FiledBytes { get; private set; }

    /// <summary>A batch is about to be written.</summary>
    public void Reset() => Begin(null, -1);

    /// <summary>A definition is about to be written; the worker forgets that of another call for it, or none (−1).</summary>
    public void Begin(Job? job, int forgotten)
    {
        (_job, _forgotten, FiledBytes) = (job, forgotten, 0);
        foreach (SentContent content in _new)
            Release(content);
        _new.Clear();
        _used.Clear();
        _dropped.Clear();
    }

    /// <inheritdoc/>
    public bool Takes(Array array) => ContentTypes.CodeOf(array) >= 0;

    /// <inheritdoc/>
    public (byte Place, long Number) Add(Array array, long offset, long count, bool isOnlyRead)
    {
        var type = ContentTypes.CodeOf(array);
        FiledContent? file = null;
        ContentKey? key = null;
        if (isOnlyRead && count <= keptBytes)
        {
            if (count >= FiledContents.LeastBytes && files?.Lease(array, type, offset, count, _job!.Captured, out var written) is { } leased)
            {
                file = leased;
                key = leased.Key;
                FiledBytes += written;
            }
            key ??= new ContentKey(type, count, _job!.Captured.HashOf(array, offset, count, LaneWriter.PartBytes));
            var known = _all.Find(other => other.Key == key);
            if (known is not null || _new.Exists(other => other.Key == key))
            {
                if (file is not null)
                    files!.Release(file);
                if (known is { IsWhole: true })
                {
                    _used.Add(known);
                    return (LargeBlock.Content, known.Number);
                }
                // It is on its way, and may turn out to be another one.
                (key, file) = (null, null);
            }
        }
        SentContent content = new(_numbers++, key, count, file) { Array = array, Offset = offset };
        _new.Add(content);
        return (LargeBlock.Content, content.Number);
    }

    /// <summary>The definition is written: sends what the worker does not have, and drops what it need not have.</summary>
    public void Write(FrameBuffer output)
    {
        ChooseDropped();
        foreach (SentContent content in _dropped)
        {
            output.Begin(FrameKind.Drop);
            output.Int64(content.Number);
            output.End();
        }
        foreach (SentContent content in _new)
        {
            var type = ContentTypes.CodeOf(content.Array!);
            output.Begin(content.File is null ? FrameKind.Content : FrameKind.Filed);
            output.Int64(content.Number);
            output.Int32(type);
            output.Int32((int)(content.Bytes / ContentTypes.BytesOf(type)));
            if (content.File is { } file)
            {
                output.Int32(Environment.ProcessId);
                output.Int32(file.Descriptor);
                output.Int32(file.Shift);
            }
            else
            {
                output.Int64(output.Lane!.Add(content.Array!, content.Offset, content.Bytes, content.Key is null ? null : content));
            }
            output.End();
        }
    }

    /// <summary>What was written is sent.</summary>
    public void Commit()
    {
        if (_job is null)
            return;
        foreach (SentContent content in _all)
            _ = content.Calls.Remove(_forgotten);
        foreach (SentContent content in _dropped)
        {
            _ = _all.Remove(content);
            Release(content);
        }
        foreach (SentContent content in _new)
        {
            content.Array = null;
            _all.Add(content);
            _used.Add(content);
        }
        _new.Clear();
        foreach (SentContent content in _used)
        {
            if (!content.Calls.Contains(_job.Call))
                content.Calls.Add(_job.Call);
            content.LastUse = ++_uses;
        }
        _job = null;
    }

    /// <summary>The worker is gone. Nothing may be written for it at the same time or later.</summary>
    public void Close()
    {
        Reset();
        foreach (SentContent content in _all)
            Release(content);
        _all.Clear();
    }

    private void Release(SentContent content)
    {
        if (content.File is { } file)
            files!.Release(file);
    }

    // What no function needs any more: at once where nobody asks for it again, else beyond the limit.
    private void ChooseDropped()
    {
        var kept = KeptBytes(_new) + KeptBytes(_all);
        // The one that was not needed for longest comes first.
        _all.Sort(static (one, other) => one.LastUse.CompareTo(other.LastUse));
        foreach (SentContent content in _all)
        {
            if (_used.Contains(content) || content.Calls.Exists(call => call != _forgotten))
                continue;
            if (content.Key is not null && content.IsWhole && kept <= keptBytes)
                continue;
            _dropped.Add(content);
            kept -= content.Key is null ? 0 : content.Bytes;
        }
    }

    private static long KeptBytes(List<SentContent> contents)
    {
        long bytes = 0;
        foreach (SentContent content in contents)
            bytes += content.Key is null ? 0 : content.Bytes;
        return bytes;
    }
}
