namespace Shoal.Processes;

/// <summary>The writing end of a lane: large blocks go through it as room comes, straight from the array to the shared memory.</summary>
/// <remarks>
/// One thread at a time. The words count bytes since the beginning, as those of a ring do. A reader that does not want a block moves its word past it, also before the
/// block is written: it is not copied then.
/// </remarks>
internal sealed unsafe class LaneWriter(byte* data, long* tail, long* head)
{
    /// <summary>What is copied, and published, at once. Fits the second level of the processors' caches.</summary>
    public const int PartBytes = 256 * 1024;

    /// <summary>
    /// The bytes of a lane: a power of two. Much less than the third level of the caches, so that the copy in and the copy out meet there and not in memory; enough that both
    /// sides seldom wait (bench/Pools, large).
    /// </summary>
    public const int LaneBytes = 4 * 1024 * 1024;

    private readonly Queue<LaneBlock> _waiting = new();
    private long _written;

    /// <summary>Where the last block that was added ends.</summary>
    public long End { get; private set; }

    /// <summary>Whether blocks are not copied yet.</summary>
    public bool IsBusy => _waiting.Count > 0;

    /// <summary>Whether <see cref="Push"/> would copy something.</summary>
    public bool HasRoom => _waiting.TryPeek(out LaneBlock? block) && RoomFor(block) > 0;

    /// <summary>Adds blocks, whose positions follow on <see cref="End"/>.</summary>
    public void Add(LanePlan plan)
    {
        foreach (LaneBlock block in plan.Blocks)
            _waiting.Enqueue(block);
        End = plan.End;
    }

    /// <summary>Copies what there is room for.</summary>
    /// <returns>Whether anything was copied or passed over.</returns>
    /// <exception cref="InvalidDataException">The words beside the lane make no sense.</exception>
    public bool Push()
    {
        var moved = false;
        while (_waiting.TryPeek(out LaneBlock? block) && RoomFor(block) is > 0 and var room)
        {
            moved = true;
            if (_written < block.End)
                Copy(block, room);
            if (_written >= block.End)
                _ = _waiting.Dequeue();
        }
        return moved;
    }

    private void Copy(LaneBlock block, int count)
    {
        Span<byte> part = new(data + (_written & (LaneBytes - 1)), count);
        block.Slice(_written, count).CopyTo(part);
        _written += count;
        Volatile.Write(ref *tail, _written);
        block.Check?.Add(part);
        if (_written == block.End)
            block.Check?.Complete();
    }

    // How much of the block may be copied now, in one piece; 1 where it is to be dropped. A checked block goes in whole parts.
    private int RoomFor(LaneBlock block)
    {
        var read = Volatile.Read(ref *head);
        if (read < 0 || read > End || _written - read > LaneBytes)
            throw new InvalidDataException($"A lane of {LaneBytes} bytes is damaged: it was written up to {_written} of {End} and read up to {read}.");
        if (read > _written)
            Jump(read);
        if (_written < block.Position)
        {
            if (block.Position - read > LaneBytes)
                return 0;
            Jump(block.Position);
        }
        var left = block.End - _written;
        if (left <= 0)
            return 1;
        var piece = (int)Math.Min(left, PartBytes - (_written & (PartBytes - 1)));
        var room = LaneBytes - (_written - read);
        return room >= piece ? piece : block.Check is null ? (int)Math.Max(0, room) : 0;
    }

    private void Jump(long to)
    {
        _written = to;
        Volatile.Write(ref *tail, to);
    }
}
