namespace Shoal.Processes;

/// <summary>
/// The results of a block of small items while the worker runs it, in shared memory. They become a frame when the block is done; until then the pool can look at
/// those that are finished, also after the worker's death.
/// </summary>
/// <remarks>
/// Which ones are finished says <see cref="RunningItem"/>: all before it. The area is used again and again, so a reader takes the number of the block before and after:
/// where it changed meanwhile, what was read is worth nothing, and a frame with it is on its way.
/// </remarks>
/// <param name="words">Batch and running item, then the number of the block (odd while it is open), its first item, the bytes of a result.</param>
/// <param name="data">The results.</param>
internal readonly unsafe struct OpenResults(long* words, byte* data)
{
    /// <summary>The room for results.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>A worker's: opens a block.</summary>
    /// <returns>Where its results go.</returns>
    public Span<byte> Begin(long first, int resultBytes, int count)
    {
        words[3] = first;
        words[4] = resultBytes;
        // A full fence: no result is seen before the block is.
        _ = Interlocked.Increment(ref words[2]);
        return new Span<byte>(data, resultBytes * count);
    }

    /// <summary>A worker's: the results are in the ring.</summary>
    public void End() => _ = Interlocked.Increment(ref words[2]);

    /// <summary>A pool's: the finished results of the open block.</summary>
    /// <param name="batch">The batch that the worker has.</param>
    /// <param name="block">The number of the block, for <see cref="IsStillOpen"/>.</param>
    /// <param name="first">The first item.</param>
    /// <param name="resultBytes">The bytes of each result.</param>
    /// <returns>The results, not copied; none where no block is open.</returns>
    public ReadOnlySpan<byte> Read(long batch, out long block, out long first, out int resultBytes)
    {
        block = Volatile.Read(ref words[2]);
        (first, resultBytes) = (Volatile.Read(ref words[3]), (int)Volatile.Read(ref words[4]));
        if (block % 2 == 0 || Volatile.Read(ref words[0]) != batch || resultBytes <= 0)
            return default;
        long count = Volatile.Read(ref words[1]) - first;
        return count < 0 || count > Bytes / resultBytes ? default : new ReadOnlySpan<byte>(data, (int)count * resultBytes);
    }

    /// <summary>A pool's: whether what was read meanwhile was the block's.</summary>
    public bool IsStillOpen(long block)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref words[2]) == block;
    }
}
