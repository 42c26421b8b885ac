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
    internal float* C;
    internal nint RowStrideC;

    /// <summary>Whether the chain goes on from what C holds, else from zero.</summary>
    internal bool Continue;

    /// <summary>The tile's sums over 2^l shards, one behind the other, and a bit l for each to add before the store, lowest first.</summary>
    internal float* Levels;
    internal uint Merge;

    /// <summary>Bias, scale and shift of the tile's first column, or null to store the sums as they are.</summary>
    internal float* Bias;
    internal float* Scale;
    internal float* Shift;
    internal bool Relu;
}
