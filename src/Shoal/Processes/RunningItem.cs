namespace Shoal.Processes;

/// <summary>
/// The item that a worker runs, as words in memory: they outlive it, so that its death can be blamed on the item. Beside it the limits by which a pool takes back
/// what the worker has not begun.
/// </summary>
/// <remarks>
/// Who gets the items at a limit is settled as in the deque of Cilk (Frigo, Leiserson, Randall, 1998). The worker writes which item it runs, then reads the limit; the pool
/// writes the limit, then reads the item. With a fence between the two on both sides one of them sees the other. The worker's fence is left out, since it would cost
/// each item more than a short function; the pool makes it for both (<see cref="Posix.FenceEverywhere"/>). Where both see each other, one exchange decides: the worker
/// agrees to stop where it is, or the pool withdraws.
/// </remarks>
/// <param name="words">
/// The batch and the index; <see cref="OpenResults"/> has the three behind; then two limits, the batch's first item, the batch that was cut short, and whether the worker accepts fences.
/// </param>
internal readonly unsafe struct RunningItem(long* words)
{
    private const long None = -1;

    // A batch and the one sent ahead behind it may have a limit at the same time: each number has its own word, by parity.
    private const int FirstLimit = 5, Start = 7, Cut = 8, Fences = 9;

    // Of a limit: the lower half of the batch's number, the place in the batch, whether the worker has agreed.
    private const int NumberShift = 32, PlaceShift = 1;
    private const long Agreed = 1;

    /// <summary>The batch begins with this item.</summary>
    /// <returns>Whether the item is still the worker's.</returns>
    public bool Begin(long batch, long index)
    {
        Volatile.Write(ref words[1], None);
        words[Start] = index;
        Volatile.Write(ref words[0], batch);
        return Next(index);
    }

    /// <summary>The item before is finished, and this one begins.</summary>
    /// <returns>Whether the item is still the worker's. If not, no later one of the batch is.</returns>
    public bool Next(long index)
    {
        Volatile.Write(ref words[1], index);
        var limit = Volatile.Read(ref Limit(words[0]));
        return limit == 0 || IsMine(limit, index);
    }

    /// <summary>A worker's: whether the batch that runs was cut short.</summary>
    public bool IsCut => words[Cut] == words[0];

    /// <summary>The item of this batch that runs, or ran when the worker ended; none where the batch has not begun.</summary>
    public long? Read(long batch)
    {
        // The batch first: what is read after it belongs to it, or is none.
        if (Volatile.Read(ref words[0]) != batch)
            return null;
        var index = Volatile.Read(ref words[1]);
        return index == None ? null : index;
    }

    /// <summary>A worker's: from now on a pool may make fences in it.</summary>
    public void AcceptFences() => Volatile.Write(ref words[Fences], 1);

    /// <summary>A pool's: whether the worker gives back.</summary>
    public bool GivesBack => Volatile.Read(ref words[Fences]) == 1;

    /// <summary>A pool's: takes back what the worker has not begun of a batch. One thread at a time.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="start">Its first item.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="half">Whether the worker keeps the first half of it.</param>
    /// <returns>The first item that is the pool's again; none where there is none.</returns>
    public long? GiveBack(long batch, long start, int count, bool half)
    {
        ref var word = ref Limit(batch);
        long old = Volatile.Read(ref word), end = start + count;
        if (IsOf(old, batch))
        {
            if ((old & Agreed) != 0)
                return null;
            end = start + Place(old);
        }
        else if (old != 0 && (old & Agreed) == 0 && Volatile.Read(ref words[0]) <= batch - 2)
        {
            // The worker has still to come to the limit of the batch before the one before.
            return null;
        }

        var first = NotBegun(batch, start);
        if (half)
            first += (end - first) / 2;
        if (first >= end)
            return null;
        var asked = (batch << NumberShift) | ((first - start) << PlaceShift);
        if (Interlocked.CompareExchange(ref word, asked, old) != old)
            return null;
        if (Posix.FenceEverywhere() && NotBegun(batch, start) <= first)
            return first;
        // The worker was there first, and may have seen the limit or not.
        var seen = Interlocked.CompareExchange(ref word, old, asked);
        return seen == asked ? null : start + Place(seen);
    }

    /// <summary>A pool's: forgets limits. Only while the worker has no batch.</summary>
    public void ClearLimits() => words[FirstLimit] = words[FirstLimit + 1] = 0;

    private static bool IsOf(long limit, long batch) => limit != 0 && (uint)(limit >>> NumberShift) == (uint)batch;

    private static long Place(long limit) => (uint)limit >> PlaceShift;

    private ref long Limit(long batch) => ref words[FirstLimit + (int)(batch & 1)];

    // For a pool: the first item that nobody can have begun by what is seen now.
    private long NotBegun(long batch, long start)
    {
        var runs = Volatile.Read(ref words[0]);
        if (runs != batch)
            return runs < batch ? start : long.MaxValue / 2;
        var index = Volatile.Read(ref words[1]);
        return (index == None ? start : index) + 1;
    }

    private bool IsMine(long limit, long index)
    {
        var batch = words[0];
        while (IsOf(limit, batch) && words[Start] + Place(limit) <= index)
        {
            var agreed = (batch << NumberShift) | ((index - words[Start]) << PlaceShift) | Agreed;
            var seen = Interlocked.CompareExchange(ref Limit(batch), agreed, limit);
            if (seen == limit)
            {
                words[Cut] = batch;
                return false;
            }

            limit = seen;
        }

        return true;
    }
}
