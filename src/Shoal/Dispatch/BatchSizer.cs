namespace Shoal.Dispatch;

/// <summary>
/// Chooses how many items a batch of one call holds: 1 at first, then towards a duration by measured cost, less at the tail.
/// </summary>
/// <param name="asked">The size that the user asked for, or 0.</param>
/// <param name="workers">How many share the call.</param>
/// <param name="batchTime">How long a batch should take.</param>
internal sealed class BatchSizer(int asked, int workers, long batchTime)
{
    private const double NewWeight = 0.3;
    private int _size = Math.Max(1, asked);

    /// <summary>The measured ticks an item, handing out included; 0 before the first measurement.</summary>
    public double ItemCost { get; private set; }

    /// <summary>What a batch would hold now if there were no end.</summary>
    public int Size => _size;

    /// <summary>How many items of a batch are taken ahead: what the user asked for, or as many as fit into a window that is bounded for any number of workers.</summary>
    public int MostAhead => asked > 0 ? asked : Math.Max(1, Constants.LargestWindow / (Constants.WindowBatchesForWorker * workers));

    /// <summary>So many workers share the call from now on.</summary>
    public void Share(int count) => workers = count;

    /// <summary>The size of the next batch.</summary>
    /// <param name="left">The items that nobody has, 1 or more.</param>
    public int Next(long left)
    {
        if (asked > 0)
            return (int)Math.Min(asked, left);
        var fair = Math.Max(1, left / ((long)Constants.BatchesLeftForWorker * workers));
        var floor = ItemCost > 0 ? (long)Math.Min(int.MaxValue, batchTime / Constants.TailParts / ItemCost) : 1;
        return (int)Math.Min(left, Math.Min(_size, Math.Max(fair, floor)));
    }

    /// <summary>A batch of <paramref name="count"/> items took this long from being handed out to its last result.</summary>
    public void Measured(int count, long ticks)
    {
        var cost = Math.Max(1.0, ticks) / count;
        // Small batches carry more of the cost of handing out: only those of the present size, or cheaper ones, speak for it.
        ItemCost = ItemCost == 0 || count > _size / 2 && _size > 1 && cost < ItemCost
            ? cost
            : count >= _size ? (1 - NewWeight) * ItemCost + NewWeight * cost : Math.Min(ItemCost, cost);
        if (asked > 0)
            return;
        var ideal = (int)Math.Clamp(batchTime / ItemCost, 1, int.MaxValue / Constants.Growth);
        if (ideal < _size)
            _size = ideal;
        else if (count >= _size)
            _size = Math.Min(ideal, _size * Constants.Growth);
    }
}
