using System.Runtime.CompilerServices;

namespace Shoal.Numerics;

public sealed partial class DenseAlgebra
{
    /// <summary>Replaces the lower triangle of a symmetric positive definite matrix by L with a = L·Lᵀ. The strict upper triangle is neither read nor written.</summary>
    /// <param name="a">(n, n).</param>
    /// <remarks>
    /// Order: blocks of 64 columns; element (i, j) starts as a and loses one chain of fused multiply-adds for each earlier block (as <see cref="Multiply(ReadOnlyMatrixSpan{double}, ReadOnlyMatrixSpan{double}, MatrixSpan{double}, double, double)"/>
    /// does with alpha −1 and beta 1), then within its block fma(−l_ik, l_jk, ·) for each k, and is divided by the root of its pivot last.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="a"/> is not square.</exception>
    /// <exception cref="NotPositiveDefiniteException">A pivot is not above 0; the lower triangle then holds what was done so far.</exception>
    public unsafe void Cholesky(MatrixSpan<double> a)
    {
        CheckSquare(a.Rows, a.Columns);
        fixed (double* p = a.Values)
        {
            var failed = _doubles.Cholesky(p, a.Stride, a.Rows, out var pivot);
            if (failed >= 0)
                throw new NotPositiveDefiniteException(failed, a.Rows, pivot);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Replaces b by x with a·x = b, where a = L·Lᵀ.</summary>
    /// <param name="factor">L (n, n) in the lower triangle, as <see cref="Cholesky"/> leaves it; the rest is not read.</param>
    /// <param name="b">(n, right sides).</param>
    /// <remarks>Order: blocks of 64 rows, forward and then backward; a right side has the same bits alone and among others.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, factor is transposed, or b overlaps it.</exception>
    public unsafe void SolveCholesky(ReadOnlyMatrixSpan<double> factor, MatrixSpan<double> b)
    {
        CheckSquare(factor.Rows, factor.Columns);
        if (factor.IsTransposed)
            throw new ArgumentException("DenseAlgebra.SolveCholesky: factor is transposed, expected L in the lower triangle as Cholesky leaves it.", nameof(factor));
        if (b.Rows != factor.Rows)
            throw new ArgumentException($"DenseAlgebra.SolveCholesky: b has {b.Rows} rows, expected {factor.Rows} as in the factor.", nameof(b));
        if (b.Values.Overlaps(factor.Values))
            throw new ArgumentException("DenseAlgebra.SolveCholesky: b overlaps the factor. Give it memory of its own.", nameof(b));
        if (b.Rows == 0 || b.Columns == 0)
            return;
        fixed (double* p = factor.Values, pb = b.Values)
            _doubles.CholeskySolve(p, factor.Stride, factor.Rows, pb, b.Stride, b.Columns);
        GC.KeepAlive(this);
    }

    private static void CheckSquare(int rows, int columns, [CallerMemberName] string name = "")
    {
        if (rows != columns)
            throw new ArgumentException($"DenseAlgebra.{name}: the matrix is ({rows}, {columns}), expected as many rows as columns.");
    }
}
