using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>The large blocks that frames refer to, with their positions in the lane. They are in the lane when the frames are sent, not before.</summary>
internal sealed class LanePlan : IBlockPlaces
{
    private readonly List<LaneBlock> _blocks = [];
    private long _start;

    /// <summary>The blocks in their order.</summary>
    public IReadOnlyList<LaneBlock> Blocks => _blocks;

    /// <summary>Where the last one ends.</summary>
    public long End { get; private set; }

    /// <summary>The bytes of all blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins anew where the lane ends.</summary>
    public void Begin(long laneEnd)
    {
        _start = laneEnd;
        Clear();
    }

    /// <summary>Forgets the blocks: they are sent, or will not be.</summary>
    public void Clear()
    {
        _blocks.Clear();
        End = _start;
        Bytes = 0;
    }

    /// <inheritdoc/>
    public bool Takes(Array array) => true;

    /// <inheritdoc/>
    public (byte Place, long Number) Add(Array array, long offset, long count, bool isOnlyRead) => (LargeBlock.Lane, Add(array, offset, count, null));

    /// <summary>Adds a block. One that is checked begins where a part of the lane does, so that each of its parts lies in one piece.</summary>
    /// <returns>Its position.</returns>
    public long Add(Array array, long offset, long count, IBlockCheck? check)
    {
        var position = check is null ? End : (End + LaneWriter.PartBytes - 1) & -LaneWriter.PartBytes;
        _blocks.Add(new LaneBlock(array, offset, count, position, check));
        End = position + count;
        Bytes += count;
        return position;
    }
}
