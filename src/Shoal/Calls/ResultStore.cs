namespace Shoal.Calls;

/// <summary>The results of a call by index: one array where the count is known, else chunks.</summary>
/// <remarks>Different results may be stored by different threads at once.</remarks>
internal sealed class ResultStore<R>
{
    private readonly Lock _gate = new();
    private R[]? _all;
    private Chunks<R>? _chunks;

    /// <summary>Makes room, at the first call.</summary>
    public void Reserve(long? count)
    {
        if (_all is not null || _chunks is not null)
            return;
        // One array, however many threads begin at once.
        lock (_gate)
        {
            if (_all is not null || _chunks is not null)
                return;
            if (count is { } known)
                Volatile.Write(ref _all, new R[known]);
            else
                Volatile.Write(ref _chunks, new Chunks<R>());
        }
    }

    /// <summary>Places from <paramref name="start"/> on: at most <paramref name="count"/> and at least one.</summary>
    public Span<R> Range(long start, int count) => _all is { } all ? all.AsSpan((int)start, count) : _chunks!.Slot(start, count);

    /// <summary>These results are not needed any more: their room is given back where the count was not known.</summary>
    public void Finish(long start, int count) => _chunks?.Finish(start, count);

    /// <summary>The results as one array, without a copy where the count was known.</summary>
    public R[] ToArray(long count)
    {
        Reserve(count);
        return _all ?? _chunks!.ToArray(count);
    }
}
