namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>
/// One output tile, c[row, column] = Σ a[row, k]·b[k, column], for <see cref="Tile{TSimd, T, TRows}"/>. All strides in floats.
/// </summary>
/// <remarks>
/// k runs through <see cref="Outer"/> runs of <see cref="Inner"/> steps; a[row, k] lies at A + row·RowStride + step·StepA, and after each run both pointers
/// jump. With that the matrix product, the convolution and its two gradients are one kernel.
/// </remarks>
internal unsafe struct TileArguments
{
    internal float* A;
    internal nint RowStride;
    internal nint StepA;
    internal nint JumpA;
    internal float* B;
    internal nint StepB;
    internal nint JumpB;
    internal nint Inner;
    internal nint Outer;

    /// <summary>The chain is cut into this many shards, joined by the tree; 1 for a single chain.</summary>
    internal int Shards;

    /// <summary>The steps of the last shard's runs; Inner without shards.</summary>
    internal nint LastInner;
    internal float* C;
    internal nint RowStrideC;

    /// <summary>Whether the chain goes on from what C holds, else from zero.</summary>
    internal bool Continue;

    /// <summary>Room for the tile's sums over 1, 2, 4, … shards.</summary>
    internal float* Levels;

    /// <summary>Bias, scale and shift of the tile's first column, or null to store the sums as they are.</summary>
    internal float* Bias;
    internal float* Scale;
    internal float* Shift;
    internal bool Relu;
}
