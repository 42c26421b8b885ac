namespace Shoal.Numerics.Kernels;

/// <summary>Scratch memory of one set of kernels: a few named blocks that grow to the largest size seen and stay.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly ScratchBlocks _blocks = new(Enum.GetValues<Block>().Length);

    internal enum Block
    {
        /// <summary>Ids as integers, and their places sorted by id.</summary>
        Ids,

        /// <summary>The packed recurrent kernel.</summary>
        Panels,

        /// <summary>The gates of some rows where none are kept, or a part of a recurrent kernel's gradient.</summary>
        Gates,

        /// <summary>Cut up between the threads.</summary>
        PerThread,

        /// <summary>The packed right-hand matrix or convolution kernel.</summary>
        Packed,

        /// <summary>Bias, scale and shift, filled up to whole tiles.</summary>
        Epilogue,

        /// <summary>One part for each shard.</summary>
        Shards,

        /// <summary>Factors for each channel.</summary>
        Channels,

        /// <summary>Two images for each thread, on their way through a block of layers.</summary>
        Image,

        /// <summary>What a kernel gradient needs for each thread while a convolution uses <see cref="PerThread"/>.</summary>
        Gradient,

        /// <summary>The same for a convolution that a block's gradient computes again.</summary>
        Again,

        /// <summary>How many parts of each shard have ended.</summary>
        Parts,
    }

    /// <summary>At least <paramref name="length"/> floats with stale values; a later, larger request of the same block frees the former.</summary>
    internal float* Get(Block block, long length) => (float*)_blocks.Get((int)block, (length + CpuStorage.Slack) * sizeof(float), clear: true);

    public void Dispose() => _blocks.Dispose();
}
