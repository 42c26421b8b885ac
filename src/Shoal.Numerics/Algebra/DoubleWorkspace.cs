using System.Runtime.InteropServices;

namespace Shoal.Numerics.Algebra;

/// <summary>Scratch memory for doubles: a few named blocks that grow to the largest size seen and stay.</summary>
internal sealed unsafe class DoubleWorkspace : IDisposable
{
    private const nuint Alignment = 64;
    private readonly nint[] _blocks = new nint[Enum.GetValues<Block>().Length];
    private readonly long[] _lengths = new long[Enum.GetValues<Block>().Length];

    internal enum Block
    {
        /// <summary>Cut up between the threads of a product.</summary>
        Product,

        /// <summary>Cut up between the threads of the solving of panels.</summary>
        Panel,

        /// <summary>The matrix that is being reduced.</summary>
        Matrix,

        /// <summary>Reflectors, and what goes with them.</summary>
        Reflectors,

        /// <summary>Eigenvectors in strips.</summary>
        Strips,

        /// <summary>Rotations that wait.</summary>
        Rotations,

        /// <summary>Diagonals, vectors of one column.</summary>
        Vectors,
    }

    ~DoubleWorkspace() => Free();

    /// <summary>At least <paramref name="length"/> doubles with stale values; a later, larger request of the same block frees the former.</summary>
    internal double* Get(Block block, long length)
    {
        var i = (int)block;
        if (_lengths[i] < length)
        {
            NativeMemory.AlignedFree((void*)_blocks[i]);
            (_blocks[i], _lengths[i]) = (0, 0);
            _blocks[i] = (nint)NativeMemory.AlignedAlloc((nuint)length * sizeof(double), Alignment);
            _lengths[i] = length;
        }

        return (double*)_blocks[i];
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
