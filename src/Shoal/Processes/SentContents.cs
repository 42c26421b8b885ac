using Shoal.Backends;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// The large arrays that functions captured and that one worker was sent. Those that functions only read it keeps, by content: the next call that captures the same
/// sends a number.
/// </summary>
/// <param name="keptBytes">How much a worker keeps beyond what its functions need; those that were not needed for longest go first.</param>
/// <remarks>Not thread-safe. What is written for a batch counts only after <see cref="Commit"/>: the batch may be refused.</remarks>
internal sealed class SentContents(long keptBytes) : IBlockPlaces
{
    private readonly Dictionary<ContentKey, SentContent> _kept = [];
    private readonly List<SentContent> _all = [];
    private readonly List<(SentContent Content, Array Array, long Offset)> _new = [];
    private readonly List<SentContent> _used = [];
    private readonly List<SentContent> _dropped = [];
    private Job? _job;
    private int _forgotten = -1;
    private long _numbers;
    private long _uses;

    /// <summary>How many arrays the worker has.</summary>
    public int Count => _all.Count;

    /// <summary>A batch is about to be written.</summary>
    public void Reset() => Begin(null, -1);

    /// <summary>A definition is about to be written; the worker forgets that of another call for it, or none (−1).</summary>
    public void Begin(Job? job, int forgotten)
    {
        (_job, _forgotten) = (job, forgotten);
        _new.Clear();
        _used.Clear();
        _dropped.Clear();
    }

    /// <inheritdoc/>
    public bool Takes(Array array) => ContentTypes.CodeOf(array) >= 0;

    /// <inheritdoc/>
    public (byte Place, long Number) Add(Array array, long offset, long count, bool isOnlyRead)
    {
        ContentKey? key = isOnlyRead && count <= keptBytes ? new ContentKey(ContentTypes.CodeOf(array), count, _job!.Captured.HashOf(array, offset, count, LaneWriter.PartBytes)) : null;
        if (key is { } wanted)
        {
            if (_kept.TryGetValue(wanted, out SentContent? known))
            {
                if (known.IsWhole)
                {
                    _used.Add(known);
                    return (LargeBlock.Content, known.Number);
                }
                // It is on its way, and may turn out to be another one.
                key = null;
            }
            else if (_new.Exists(other => other.Content.Key == wanted))
            {
                key = null;
            }
        }
        SentContent content = new(_numbers++, key, count);
        _new.Add((content, array, offset));
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
        foreach ((SentContent content, Array array, long offset) in _new)
        {
            output.Begin(FrameKind.Content);
            output.Int64(content.Number);
            output.Int32(ContentTypes.CodeOf(array));
            output.Int32((int)(content.Bytes / ContentTypes.BytesOf(ContentTypes.CodeOf(array))));
            output.Int64(output.Lane!.Add(array, offset, content.Bytes, content.Key is null ? null : content));
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
            if (content.Key is { } key)
                _ = _kept.Remove(key);
        }
        foreach ((SentContent content, _, _) in _new)
        {
            _all.Add(content);
            if (content.Key is { } key)
                _kept.Add(key, content);
            _used.Add(content);
        }
        foreach (SentContent content in _used)
        {
            _ = content.Calls.Add(_job.Call);
            content.LastUse = ++_uses;
        }
        _job = null;
    }

    // What no function needs any more: at once where nobody asks for it again, else beyond the limit.
    private void ChooseDropped()
    {
        long kept = _new.Sum(content => content.Content.Key is null ? 0 : content.Content.Bytes) + _all.Sum(content => content.Key is null ? 0 : content.Bytes);
        foreach (SentContent content in _all.OrderBy(content => content.LastUse))
        {
            if (_used.Contains(content) || content.Calls.Any(call => call != _forgotten))
                continue;
            if (content.Key is not null && content.IsWhole && kept <= keptBytes)
                continue;
            _dropped.Add(content);
            kept -= content.Key is null ? 0 : content.Bytes;
        }
    }
}
