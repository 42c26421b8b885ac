namespace Shoal.Processes;

/// <summary>The item that a worker runs, as words in memory: they outlive it, so that its death can be blamed on the item.</summary>
/// <param name="words">The batch and the index; <see cref="OpenResults"/> has those behind.</param>
internal readonly unsafe struct RunningItem(long* words)
{
    private const long None = -1;

    /// <summary>The batch begins with this item.</summary>
    public void Begin(long batch, long index)
    {
        Volatile.Write(ref words[1], None);
        Volatile.Write(ref words[0], batch);
        Volatile.Write(ref words[1], index);
    }

    /// <summary>The item before is finished, and this one begins.</summary>
    public void Next(long index) => Volatile.Write(ref words[1], index);

    /// <summary>The item of this batch that runs, or ran when the worker ended; none where the batch has not begun.</summary>
    public long? Read(long batch)
    {
        // The batch first: what is read after it belongs to it, or is none.
        if (Volatile.Read(ref words[0]) != batch)
            return null;
        long index = Volatile.Read(ref words[1]);
        return index == None ? null : index;
    }
}
