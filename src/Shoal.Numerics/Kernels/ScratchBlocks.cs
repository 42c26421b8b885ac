using System.Runtime.InteropServices;

namespace Shoal.Numerics.Kernels;

/// <summary>Scratch memory outside the managed heap, aligned to a cache line: a few numbered blocks that grow to the largest size seen and stay.</summary>
internal sealed unsafe class ScratchBlocks(int count) : IDisposable
{
    private const nuint Alignment = 64;
    private readonly nint[] _blocks = new nint[count];
    private readonly long[] _sizes = new long[count];

    ~ScratchBlocks() => Free();

    /// <summary>At least <paramref name="size"/> bytes with stale values; a later, larger request of the same block frees the former.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="clear">Whether fresh memory is set to 0.</param>
    internal void* Get(int block, long size, bool clear)
    {
        if (_sizes[block] < size)
        {
            NativeMemory.AlignedFree((void*)_blocks[block]);
            (_blocks[block], _sizes[block]) = (0, 0);
            _blocks[block] = (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
            _sizes[block] = size;
            if (clear)
                NativeMemory.Clear((void*)_blocks[block], (nuint)size);
        }

        return (void*)_blocks[block];
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
            (_blocks[i], _sizes[i]) = (0, 0);
        }
    }
}
