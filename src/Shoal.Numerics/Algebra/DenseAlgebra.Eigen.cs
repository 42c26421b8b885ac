namespace Shoal.Numerics;

public sealed partial class DenseAlgebra
{
    /// <summary>Eigenvalues and orthonormal eigenvectors of a symmetric matrix: a = vectors·diag(values)·vectorsᵀ.</summary>
    /// <param name="a">(n, n), of which only the lower triangle is read; it stays as it is.</param>
    /// <param name="values">(n), ascending.</param>
    /// <param name="vectors">(n, n): column i belongs to value i. Their signs, and within equal values their directions, are one choice of many.</param>
    /// <remarks>
    /// Blocked Householder reduction to tridiagonal form, then implicit QL and QR (LAPACK's dlatrd and dsteqr). Errors are some units of rounding times the
    /// largest magnitude of a value. The bits follow from the matrix alone.
    /// </remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, memory overlaps, or the matrix holds NaN or infinity.</exception>
    /// <exception cref="ShoalException">The iteration does not end, which no finite matrix is known to cause.</exception>
    public void SymmetricEigen(ReadOnlyMatrixSpan<double> a, Span<double> values, MatrixSpan<double> vectors)
    {
        if (vectors.Rows != a.Rows || vectors.Columns != a.Rows)
            throw new ArgumentException($"DenseAlgebra.SymmetricEigen: vectors is ({vectors.Rows}, {vectors.Columns}), expected ({a.Rows}, {a.Rows}) as the matrix.", nameof(vectors));
        if (vectors.Values.Overlaps(a.Values) || vectors.Values.Overlaps(values))
            throw new ArgumentException("DenseAlgebra.SymmetricEigen: vectors overlaps the matrix or values. Give it memory of its own.", nameof(vectors));
        Eigen(a, values, vectors.Values, vectors.Stride);
    }

    /// <summary>Eigenvalues of a symmetric matrix, with the bits that they have beside their vectors, in a fraction of the time.</summary>
    /// <param name="a">(n, n), of which only the lower triangle is read; it stays as it is.</param>
    /// <param name="values">(n), ascending.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, memory overlaps, or the matrix holds NaN or infinity.</exception>
    /// <exception cref="ShoalException">The iteration does not end, which no finite matrix is known to cause.</exception>
    public void SymmetricEigenvalues(ReadOnlyMatrixSpan<double> a, Span<double> values) => Eigen(a, values, [], 0);

    private unsafe void Eigen(ReadOnlyMatrixSpan<double> a, Span<double> values, Span<double> vectors, int strideVectors)
    {
        CheckSquare(a.Rows, a.Columns, nameof(SymmetricEigen));
        if (a.IsTransposed)
            throw new ArgumentException("DenseAlgebra.SymmetricEigen: the matrix is transposed, expected one by rows; a symmetric one is its own transposed.", nameof(a));
        if (values.Length != a.Rows)
            throw new ArgumentException($"DenseAlgebra.SymmetricEigen: values has {values.Length} elements, expected {a.Rows} as the matrix has rows.", nameof(values));
        if (values.Overlaps(a.Values))
            throw new ArgumentException("DenseAlgebra.SymmetricEigen: values overlaps the matrix. Give it memory of its own.", nameof(values));
        for (var i = 0; i < a.Rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                if (!double.IsFinite(a.Values[(int)(((long)i * a.Stride) + j)]))
                    throw new ArgumentException($"DenseAlgebra.SymmetricEigen: element ({i}, {j}) is {a[i, j]}, expected finite numbers.", nameof(a));
            }
        }

        if (a.Rows == 0)
            return;
        fixed (double* p = a.Values, pValues = values, pVectors = vectors)
        {
            if (!_doubles.SymmetricEigen(p, a.Stride, a.Rows, pValues, pVectors, strideVectors))
                throw new ShoalException($"DenseAlgebra.SymmetricEigen: the eigenvalues of the matrix of ({a.Rows}, {a.Rows}) were not found in {30 * (long)a.Rows} sweeps.");
        }

        GC.KeepAlive(this);
    }
}
