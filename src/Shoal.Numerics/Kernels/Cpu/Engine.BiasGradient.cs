using System.Numerics;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    /// <summary>dBias (channels) of dy (batch, positions, channels) by shards; on one thread, since dense layers have little of it.</summary>
    private void BiasGradient(in ChannelShape shape, float* dy, float* dBias)
    {
        var width = RoundUp(shape.Channels, TSimd.Count);
        var shards = Divide(shape.Batch, IKernels.ShardRows);
        var levels = Scratch.Get(Workspace.Block.Shards, (long)width * (BitOperations.Log2((uint)shards) + 1));
        var shardLength = (long)IKernels.ShardRows * shape.Positions;
        for (nint c = 0; c < shape.Channels; c += TSimd.Count)
        {
            for (var shard = 0; shard < shards; shard++)
            {
                var end = Math.Min((shard + 1) * shardLength, (long)shape.Batch * shape.Positions);
                var sum = TSimd.Zero;
                for (var row = shard * shardLength; row < end; row++)
                    sum = TSimd.Add(sum, TSimd.Load(dy + (row * shape.Channels) + c));
                var merges = shard == shards - 1 ? (uint)shard : (1u << BitOperations.TrailingZeroCount(~shard)) - 1;
                for (var merge = merges; merge != 0; merge &= merge - 1)
                    sum = TSimd.Add(TSimd.Load(levels + (BitOperations.TrailingZeroCount(merge) * width) + c), sum);
                var target = shard == shards - 1 ? levels : levels + (BitOperations.TrailingZeroCount(~shard) * width);
                TSimd.Store(sum, target + c);
            }
        }

        Buffer.MemoryCopy(levels, dBias, shape.Channels * sizeof(float), shape.Channels * sizeof(float));
    }
}
