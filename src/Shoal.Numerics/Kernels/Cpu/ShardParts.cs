namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>
/// Shards of a batch whose sums are chains over their images, cut into tasks: the first parts of all shards, then the second, and so on. A part begins when the
/// one before it has ended, which most likely it has long since; so a thread that lost its core holds nobody up for a whole shard.
/// </summary>
internal readonly unsafe struct ShardParts
{
    private readonly int _batch;
    private readonly int _shards;
    private readonly int* _ended;

    /// <param name="batch">Images.</param>
    /// <param name="count">Parts of each shard.</param>
    /// <param name="ended">Room for one number a shard.</param>
    internal ShardParts(int batch, int count, int* ended)
    {
        (_batch, Count, _shards) = (batch, count, ShardsOf(batch));
        _ended = ended;
        new Span<int>(ended, _shards).Clear();
    }

    /// <summary>Parts of each shard.</summary>
    internal int Count { get; }

    internal static int ShardsOf(int batch) => (batch + IKernels.ShardRows - 1) / IKernels.ShardRows;

    /// <summary>The images of a task. Those that it waits for were drawn earlier, so that somebody is at them.</summary>
    internal Part Begin(int task)
    {
        var (number, shard) = Math.DivRem(task, _shards);
        var wait = new SpinWait();
        while (Volatile.Read(ref _ended[shard]) < number)
            wait.SpinOnce(sleep1Threshold: -1);
        var start = shard * IKernels.ShardRows;
        var (first, end) = (start + (number * IKernels.ShardRows / Count), start + ((number + 1) * IKernels.ShardRows / Count));
        return new(shard, number, start, Math.Min(_batch, first), Math.Min(_batch, end));
    }

    internal void End(in Part part) => Volatile.Write(ref _ended[part.Shard], part.Number + 1);

    /// <param name="Shard">The shard's number.</param>
    /// <param name="Number">The part's number within it.</param>
    /// <param name="ShardFirst">The shard's first image.</param>
    /// <param name="First">The part's first image.</param>
    /// <param name="End">Behind its last.</param>
    internal readonly record struct Part(int Shard, int Number, int ShardFirst, int First, int End);
}
