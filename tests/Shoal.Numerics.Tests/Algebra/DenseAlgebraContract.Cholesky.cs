using MathNet.Numerics.LinearAlgebra;
using Shoal.Numerics.Algebra;
using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests.Algebra;

public abstract partial class DenseAlgebraContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(257)]
    public void Cholesky_has_the_bits_of_its_meaning(int n)
    {
        const int Gap = 3;
        var a = Definite(n, 1);
        var expected = a.ToArray();
        AlgebraMeaning.Cholesky(n, expected);
        for (var i = 0; i < n; i++)
        {
            // Above the diagonal nothing is read, and all stays as it is.
            for (var j = i + 1; j < n; j++)
                a[(i * n) + j] = expected[(i * n) + j] = 7;
        }

        var laid = Laid(a, n, n, false, Gap, double.NaN);
        _algebra.Cholesky(Target(laid, n, n, Gap));

        ShouldBeSameBits(laid.Where(value => !double.IsNaN(value)).ToArray(), expected, $"n = {n}");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(64, 1)]
    [InlineData(150, 1)]
    [InlineData(150, 70)]
    public void Solutions_satisfy_their_equations_and_equal_those_of_MathNet(int n, int sides)
    {
        var (a, b) = (Definite(n, 2), Doubles(n * sides, 3));
        var (factor, x) = (a.ToArray(), b.ToArray());

        _algebra.Cholesky(new MatrixSpan<double>(factor, n, n));
        _algebra.SolveCholesky(new ReadOnlyMatrixSpan<double>(factor, n, n), new MatrixSpan<double>(x, n, sides));

        var (ma, mx) = (Matrix<double>.Build.DenseOfRowMajor(n, n, a), Matrix<double>.Build.DenseOfRowMajor(n, sides, x));
        var mb = Matrix<double>.Build.DenseOfRowMajor(n, sides, b);
        ((ma * mx) - mb).InfinityNorm().ShouldBeLessThan(4 * n * 1.2e-16 * ma.InfinityNorm() * mx.InfinityNorm());
        var other = ma.Cholesky().Solve(mb);
        (mx - other).InfinityNorm().ShouldBeLessThan(1e-11 * other.InfinityNorm());
        using (var single = new DenseAlgebra(1, VectorWidth.Scalar))
        {
            var expected = b.ToArray();
            single.SolveCholesky(new ReadOnlyMatrixSpan<double>(factor, n, n), new MatrixSpan<double>(expected, n, sides));
            ShouldBeSameBits(x, expected, "one thread, one double at a time");
        }

        for (var side = 0; side < sides; side += 13)
        {
            var alone = Enumerable.Range(0, n).Select(i => b[(i * sides) + side]).ToArray();
            _algebra.SolveCholesky(new ReadOnlyMatrixSpan<double>(factor, n, n), new MatrixSpan<double>(alone, n, 1));
            ShouldBeSameBits(alone, Enumerable.Range(0, n).Select(i => x[(i * sides) + side]).ToArray(), $"right side {side} alone");
        }
    }

    [Fact]
    public void A_badly_scaled_matrix_keeps_its_relative_accuracy()
    {
        // D·A·D with D from 1e-60 to 1e60: the factor is D·L, since Cholesky does not mind the scale of rows.
        const int N = 90;
        var scale = Enumerable.Range(0, N).Select(i => Math.ScaleB(1, (i * 37 % 400) - 200)).ToArray();
        var (a, scaled) = (Definite(N, 5), new double[N * N]);
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < N; j++)
                scaled[(i * N) + j] = a[(i * N) + j] * scale[i] * scale[j];
        }

        _algebra.Cholesky(new MatrixSpan<double>(a, N, N));
        _algebra.Cholesky(new MatrixSpan<double>(scaled, N, N));

        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j <= i; j++)
                scaled[(i * N) + j].ShouldBe(a[(i * N) + j] * scale[i]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(70)]
    [InlineData(149)]
    public void A_matrix_that_is_not_positive_definite_names_its_pivot(int pivot)
    {
        var a = Definite(150, 4);
        a[(pivot * 150) + pivot] = -1;

        var error = Should.Throw<NotPositiveDefiniteException>(() => _algebra.Cholesky(new MatrixSpan<double>(a, 150, 150)));

        error.Pivot.ShouldBe(pivot);
        error.Value.ShouldBeLessThan(0);
        error.Message.ShouldContain($"pivot {pivot} (from 0) is ");
    }

    [Fact]
    public void Rank_deficient_and_broken_matrices_are_refused()
    {
        Should.Throw<NotPositiveDefiniteException>(() => _algebra.Cholesky(new MatrixSpan<double>([1, 0, 1, 1], 2, 2))).Pivot.ShouldBe(1);
        Should.Throw<NotPositiveDefiniteException>(() => _algebra.Cholesky(new MatrixSpan<double>([double.NaN], 1, 1))).Value.ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => _algebra.Cholesky(new MatrixSpan<double>(new double[6], 2, 3))).Message.ShouldContain("the matrix is (2, 3), expected as many rows as columns");
        Should.Throw<ArgumentException>(() => _algebra.SolveCholesky(new ReadOnlyMatrixSpan<double>(new double[4], 2, 2), new MatrixSpan<double>(new double[3], 3, 1))).Message.ShouldContain("b has 3 rows, expected 2");
        _algebra.Cholesky(new MatrixSpan<double>([], 0, 0));
    }

    /// <summary>X·Xᵀ + n/10 on the diagonal, the same bits on both sides of it.</summary>
    private static double[] Definite(int n, int seed)
    {
        var (x, a) = (Doubles(n * n, seed), new double[n * n]);
        AlgebraMeaning.Product(n, n, n, 1, x, Enumerable.Range(0, n * n).Select(i => x[(i % n * n) + (i / n)]).ToArray(), 0, a);
        for (var i = 0; i < n; i++)
            a[(i * n) + i] += 0.1 * n;
        return a;
    }
}
