using System.Runtime.CompilerServices;
using Shoal.Numerics.Algebra;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics;

public sealed partial class DenseAlgebra
{
    /// <summary>c = alpha·a·b + beta·c, in double.</summary>
    /// <param name="a">(rows, depth); transposed by <see cref="ReadOnlyMatrixSpan{T}.Transpose"/>.</param>
    /// <param name="b">(depth, columns).</param>
    /// <param name="c">(rows, columns); overlaps neither a nor b.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <param name="beta">The factor of the old c; with 0 it is not read, whatever it holds.</param>
    /// <remarks>
    /// Order: each element is one chain of fused multiply-adds over the depth, ascending, from +0; then v = fma(alpha, sum, +0), and fma(beta, c, v) if beta is not 0.
    /// </remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or c overlaps a or b.</exception>
    public unsafe void Multiply(ReadOnlyMatrixSpan<double> a, ReadOnlyMatrixSpan<double> b, MatrixSpan<double> c, double alpha = 1, double beta = 0)
    {
        CheckProduct(a, b, c);
        fixed (double* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            DoubleProduct product;
            product.A = pa;
            (product.RowStrideA, product.StepA) = Strides(a);
            product.B = pb;
            (product.StepB, product.ColumnStrideB) = Strides(b);
            product.C = pc;
            product.RowStrideC = c.Stride;
            (product.Rows, product.Columns, product.Depth) = (c.Rows, c.Columns, a.Columns);
            (product.Alpha, product.Beta, product.Lower) = (alpha, beta, false);
            _doubles.Product(product);
        }

        GC.KeepAlive(this);
    }

    /// <summary>c = alpha·a·b + beta·c + bias, in float, and the ReLU of it if asked for.</summary>
    /// <param name="a">(rows, depth); transposed by <see cref="ReadOnlyMatrixSpan{T}.Transpose"/>.</param>
    /// <param name="b">(depth, columns).</param>
    /// <param name="c">(rows, columns); overlaps neither a nor b.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <param name="beta">The factor of the old c; with 0 it is not read, whatever it holds.</param>
    /// <param name="bias">(columns), added to each row; empty for none.</param>
    /// <param name="relu">Whether values below 0 become 0; NaN passes.</param>
    /// <remarks>
    /// Order: each element is one chain of fused multiply-adds over the depth, ascending, from +0; then v = fma(alpha, sum + 0, bias + 0), and fma(beta, c, v) if
    /// beta is not 0, and the ReLU last. A beta that is not 0 costs room for the whole product, a transposed a a copy of it.
    /// </remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or c overlaps a or b.</exception>
    public unsafe void Multiply(
        ReadOnlyMatrixSpan<float> a, ReadOnlyMatrixSpan<float> b, MatrixSpan<float> c, float alpha = 1, float beta = 0, ReadOnlySpan<float> bias = default, bool relu = false)
    {
        CheckProduct(a, b, c);
        if (!bias.IsEmpty && bias.Length != c.Columns)
            throw new ArgumentException($"DenseAlgebra.Multiply: bias has {bias.Length} values, expected {c.Columns}, one for each column of c.", nameof(bias));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values, pBias = bias)
        {
            Engine.SingleProduct product;
            product.A = pa;
            (product.RowStrideA, product.StepA) = Strides(a);
            product.B = pb;
            (product.StepB, product.ColumnStrideB) = Strides(b);
            product.C = pc;
            product.RowStrideC = c.Stride;
            (product.Rows, product.Columns, product.Depth) = (c.Rows, c.Columns, a.Columns);
            product.Bias = pBias;
            (product.Alpha, product.Beta, product.Relu) = (alpha, beta, relu);
            _singles.MatrixProduct(product);
        }

        GC.KeepAlive(this);
    }

    /// <summary>From row to row and from column to column.</summary>
    private static (nint Row, nint Column) Strides<T>(ReadOnlyMatrixSpan<T> matrix)
        where T : unmanaged => matrix.IsTransposed ? (1, matrix.Stride) : (matrix.Stride, 1);

    private static void CheckProduct<T>(ReadOnlyMatrixSpan<T> a, ReadOnlyMatrixSpan<T> b, MatrixSpan<T> c, [CallerMemberName] string name = "")
        where T : unmanaged
    {
        if (a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns)
        {
            throw new ArgumentException(
                $"DenseAlgebra.{name}: a is ({a.Rows}, {a.Columns}), b ({b.Rows}, {b.Columns}) and c ({c.Rows}, {c.Columns}); expected (rows, depth), (depth, columns) and (rows, columns).");
        }

        if (c.Values.Overlaps(a.Values) || c.Values.Overlaps(b.Values))
            throw new ArgumentException($"DenseAlgebra.{name}: c overlaps a or b. Give it memory of its own.", nameof(c));
    }
}
