namespace Shoal.Processes;

/// <summary>
/// The results of a block of small items while the worker runs it, in shared memory. They become a frame when the block is done; until then the pool can look at
/// those that are finished, also after the worker's death.
/// </summary>
/// <remarks>
/// Which ones are finished says <see cref="RunningItem"/>: all before it. The area is used again and again, so a reader takes the number of the block before and after:
/// where it changed meanwhile, what was read is worth nothing, and a frame with it is on its way.
/// </remarks>
/// <param name="words">Batch and running item, then the number of the block (odd while it is open), its first item, the bytes of a result, 0 where they differ.</param>
/// <param name="data">The results.</param>
internal readonly unsafe struct OpenResults(long* words, byte* data)
{
    /// <summary>The room for results.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>A worker's: opens a block.</summary>
    /// <returns>Where its results go.</returns>
    public Span<byte> Begin(long first, int resultBytes)
    {
        words[3] = first;
        words[4] = resultBytes;
        // A full fence: no result is seen before the block is.
        _ = Interlocked.Increment(ref words[2]);
        return new Span<byte>(data, Bytes);
    }

    /// <summary>A worker's: the results are in the ring.</summary>
    public void End() => _ = Interlocked.Increment(ref words[2]);

    /// <summary>A pool's: copies the finished results of the open block, so that the worker cannot change what is looked at.</summary>
    /// <param name="batch">The batch that the worker has.</param>
    /// <param name="resultBytes">The bytes of each result; 0 where they differ.</param>
    /// <param name="first">The first item.</param>
    /// <param name="results">Receives them: <see cref="Bytes"/> of room. Behind those that are finished is what happened to be there.</param>
    /// <returns>How many are finished; 0 where no block is open, or where it was closed meanwhile.</returns>
    public int Read(long batch, int resultBytes, out long first, Span<byte> results)
    {
        var block = Volatile.Read(ref words[2]);
        first = Volatile.Read(ref words[3]);
        if (block % 2 == 0 || Volatile.Read(ref words[0]) != batch || Volatile.Read(ref words[4]) != resultBytes)
            return 0;
        var count = Volatile.Read(ref words[1]) - first;
        if (count <= 0 || count > Bytes / Math.Max(1, resultBytes))
            return 0;
        new ReadOnlySpan<byte>(data, resultBytes == 0 ? Bytes : (int)count * resultBytes).CopyTo(results);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref words[2]) == block ? (int)count : 0;
    }
}
