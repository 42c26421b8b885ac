using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Algebra;

internal abstract unsafe partial class DoubleEngine
{
    /// <summary>xᵀ·x in whole numbers.</summary>
    internal abstract void Gram(byte* x, nint stride, int rows, int columns, long* gram, nint strideGram);
}

internal sealed unsafe partial class DoubleEngine<TSimd, T>
{
    /// <summary>The rows go through doubles, as many at a time as one block of k of the product takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Gram(byte* x, nint stride, int rows, int columns, long* gram, nint strideGram)
    {
        var sums = Scratch.Get(DoubleWorkspace.Block.Matrix, (long)columns * columns);
        var chunk = Scratch.Get(DoubleWorkspace.Block.Panel, (long)BlockK * columns);
        for (var i = 0; i < columns; i++)
            new Span<double>(sums + (i * (nint)columns), columns).Clear();
        for (var first = 0; first < rows; first += BlockK)
        {
            var count = Math.Min(BlockK, rows - first);
            for (var r = 0; r < count; r++)
            {
                var from = x + ((first + r) * stride);
                var to = chunk + (r * (nint)columns);
                for (var i = 0; i < columns; i++)
                    to[i] = from[i];
            }

            Product(new DoubleProduct
            {
                A = chunk,
                RowStrideA = 1,
                StepA = columns,
                B = chunk,
                StepB = columns,
                ColumnStrideB = 1,
                C = sums,
                RowStrideC = columns,
                Rows = columns,
                Columns = columns,
                Depth = count,
                Alpha = 1,
                Beta = 1,
                Lower = true,
            });
        }

        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j <= i; j++)
                gram[(i * strideGram) + j] = gram[(j * strideGram) + i] = (long)sums[(i * (nint)columns) + j];
        }
    }
}
