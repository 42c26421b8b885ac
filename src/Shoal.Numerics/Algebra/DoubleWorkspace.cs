using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Algebra;

/// <summary>Scratch memory for doubles: a few named blocks that grow to the largest size seen and stay.</summary>
internal sealed unsafe class DoubleWorkspace : IDisposable
{
    private readonly ScratchBlocks _blocks = new(Enum.GetValues<Block>().Length);

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

    /// <summary>At least <paramref name="length"/> doubles with stale values; a later, larger request of the same block frees the former.</summary>
    internal double* Get(Block block, long length) => (double*)_blocks.Get((int)block, length * sizeof(double), clear: false);

    public void Dispose() => _blocks.Dispose();
}
