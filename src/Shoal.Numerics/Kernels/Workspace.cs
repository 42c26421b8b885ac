using System.Runtime.InteropServices;

namespace Shoal.Numerics.Kernels;

/// <summary>Scratch memory of one set of kernels: a few named blocks that grow to the largest size seen and stay.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private const nuint Alignment = 64;
    private readonly nint[] _blocks = new nint[Enum.GetValues<Block>().Length];
    private readonly long[] _lengths = new long[Enum.GetValues<Block>().Length];

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
    }

    ~Workspace() => Free();

    /// <summary>At least <paramref name="length"/> floats with stale values; a later, larger request of the same block frees the former.</summary>
    internal float* Get(Block block, long length)
    {
        var i = (int)block;
        length += CpuStorage.Slack;
        if (_lengths[i] < length)
        {
            NativeMemory.AlignedFree((void*)_blocks[i]);
            _lengths[i] = 0;
            _blocks[i] = 0;
            _blocks[i] = (nint)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment);
            _lengths[i] = length;
            NativeMemory.Clear((void*)_blocks[i], (nuint)length * sizeof(float));
        }

        return (float*)_blocks[i];
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            NativeMemory.AlignedFree((void*)_blocks[i]);
            (_blocks[i], _lengths[i]) = (0, 0);
        }
    }
}
