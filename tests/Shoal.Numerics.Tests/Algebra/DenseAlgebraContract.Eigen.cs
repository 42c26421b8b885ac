using MathNet.Numerics.LinearAlgebra;
using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests.Algebra;

public abstract partial class DenseAlgebraContract
{
    private const double Rounding = 2.220446049250313e-16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(97)]
    [InlineData(130)]
    [InlineData(231)]
    public void Eigenvalues_and_vectors_decompose_a_random_matrix(int n)
    {
        var a = Symmetric(n, 7);

        var values = CheckEigen(n, a, 3);

        var others = Matrix<double>.Build.DenseOfRowMajor(n, n, a).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Order().ToArray();
        for (var i = 0; i < n; i++)
            values[i].ShouldBe(others[i], 20 * n * Rounding);
    }

    [Fact]
    public void Equal_eigenvalues_keep_orthonormal_vectors()
    {
        // Reflector times a diagonal of few values times the reflector.
        const int N = 120;
        var (v, a) = (Doubles(N, 8), new double[N * N]);
        var square = v.Sum(value => value * value);
        double Reflector(int i, int j) => (i == j ? 1 : 0) - (2 * v[i] * v[j] / square);
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < N; j++)
                a[(i * N) + j] = Enumerable.Range(0, N).Sum(k => Reflector(i, k) * (k % 3) * Reflector(j, k));
        }

        var values = CheckEigen(N, a, 3);

        for (var i = 0; i < N; i++)
            values[i].ShouldBe(i / 40, 1e-13);
    }

    [Fact]
    public void Special_matrices_are_decomposed()
    {
        CheckEigen(50, new double[2500], 3).ShouldAllBe(value => value == 0);
        CheckEigen(70, [.. Enumerable.Range(0, 4900).Select(i => i % 71 == 0 ? 1.0 : 0)], 3).ShouldAllBe(value => value == 1);

        // Rank 1: all ones, with the one value n.
        var ones = CheckEigen(80, [.. Enumerable.Repeat(1.0, 6400)], 3);
        ones[79].ShouldBe(80, 1e-12);
        ones.Take(79).ShouldAllBe(value => Math.Abs(value) < 30 * Rounding * 80);

        // Tridiagonal already, values 2 − 2cos(kπ/(n+1)).
        var second = new double[100 * 100];
        for (var i = 0; i < 100; i++)
        {
            second[i * 101] = 2;
            if (i > 0)
                second[(i * 100) + i - 1] = second[((i - 1) * 100) + i] = -1;
        }

        var waves = CheckEigen(100, second, 3);
        for (var i = 0; i < 100; i++)
            waves[i].ShouldBe(2 - (2 * Math.Cos((i + 1) * Math.PI / 101)), 1e-14);
        CheckEigen(2, [0, 1, 1, 0], 3).ShouldBe([-1, 1], 1e-15);
        CheckEigen(3, [0, 0, 1, 0, 0, 0, 1, 0, 0], 3).ShouldBe([-1, 0, 1], 1e-15);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    [InlineData(1e-310)]
    public void Matrices_of_any_magnitude_are_decomposed(double magnitude)
    {
        var plain = Symmetric(60, 9);
        var scaled = plain.Select(value => value * magnitude).ToArray();

        var (expected, values) = (CheckEigen(60, plain, 3), new double[60]);
        _algebra.SymmetricEigenvalues(new ReadOnlyMatrixSpan<double>(scaled, 60, 60), values);

        for (var i = 0; i < 60; i++)
            (values[i] / magnitude).ShouldBe(expected[i], magnitude < 1e-305 ? 1e-9 : 1e-12);
    }

    [Fact]
    public void A_graded_matrix_is_decomposed_relative_to_its_norm()
    {
        const int N = 60;
        var random = Symmetric(N, 10);
        CheckEigen(N, [.. random.Select((value, i) => value * Math.Pow(10, -(((i / N) + (i % N)) / 4.0)))], 3);
        CheckEigen(N, [.. random.Select((value, i) => value * Math.Pow(10, ((i / N) + (i % N)) / 4.0))], 3);
        CheckEigen(N, [.. random.Select((value, i) => value * Math.Pow(10, -(((i / N) + (i % N)) * 3.0)))], 3);
    }

    [Theory]
    [InlineData(33)]
    [InlineData(110)]
    [InlineData(210)]
    public void Eigenvalues_and_vectors_have_the_bits_of_one_thread_and_single_doubles(int n)
    {
        var a = Symmetric(n, 11);
        using var single = new DenseAlgebra(1, VectorWidth.Scalar);
        var (expected, expectedVectors) = (new double[n], new double[n * n]);
        single.SymmetricEigen(new ReadOnlyMatrixSpan<double>(a, n, n), expected, new MatrixSpan<double>(expectedVectors, n, n));
        var (values, vectors, alone) = (new double[n], new double[n * n], new double[n]);

        _algebra.SymmetricEigen(new ReadOnlyMatrixSpan<double>(a, n, n), values, new MatrixSpan<double>(vectors, n, n));
        _algebra.SymmetricEigenvalues(new ReadOnlyMatrixSpan<double>(a, n, n), alone);

        ShouldBeSameBits(values, expected, "values");
        ShouldBeSameBits(vectors, expectedVectors, "vectors");
        ShouldBeSameBits(alone, expected, "values alone");
    }

    [Fact]
    public void Bad_input_of_SymmetricEigen_is_named()
    {
        var vectors = new double[4];
        Should.Throw<ArgumentException>(() => _algebra.SymmetricEigen(new ReadOnlyMatrixSpan<double>([1, 0, double.NaN, 1], 2, 2), new double[2], new MatrixSpan<double>(vectors, 2, 2)))
            .Message.ShouldContain("element (1, 0) is NaN");
        Should.Throw<ArgumentException>(() => _algebra.SymmetricEigenvalues(new ReadOnlyMatrixSpan<double>(new double[6], 2, 3), new double[2])).Message.ShouldContain("the matrix is (2, 3)");
        Should.Throw<ArgumentException>(() => _algebra.SymmetricEigenvalues(new ReadOnlyMatrixSpan<double>(new double[4], 2, 2), new double[3])).Message.ShouldContain("values has 3 elements, expected 2");
        Should.Throw<ArgumentException>(() => _algebra.SymmetricEigen(new ReadOnlyMatrixSpan<double>(new double[9], 3, 3), new double[3], new MatrixSpan<double>(vectors, 2, 2)))
            .Message.ShouldContain("vectors is (2, 2), expected (3, 3)");
        _algebra.SymmetricEigenvalues(new ReadOnlyMatrixSpan<double>([], 0, 0), []);
    }

    /// <summary>Residual, orthogonality and order within bounds; the upper triangle is not read. Gives the values.</summary>
    private double[] CheckEigen(int n, double[] a, int gap)
    {
        var half = a.ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++)
                half[(i * n) + j] = double.NaN;
        }

        var laid = Laid(half, n, n, false, 2, double.NaN);
        var (values, vectors) = (new double[n], Laid(new double[n * n], n, n, false, gap, 77.0));

        _algebra.SymmetricEigen(View(laid, n, n, false, 2), values, Target(vectors, n, n, gap));

        var q = Matrix<double>.Build.Dense(n, n, (i, j) => vectors[1 + (i * (n + gap)) + j]);
        var m = Matrix<double>.Build.DenseOfRowMajor(n, n, a);
        var norm = values.Max(Math.Abs);
        ((m * q) - (q * Matrix<double>.Build.DenseOfDiagonalArray(values))).Enumerate().Max(Math.Abs).ShouldBeLessThanOrEqualTo((n + 8) * Rounding * norm, "residual");
        ((q.Transpose() * q) - Matrix<double>.Build.DenseIdentity(n)).Enumerate().Max(Math.Abs).ShouldBeLessThan(4 * (n + 4) * Rounding, "orthogonality");
        values.ShouldBe(values.Order());
        Enumerable.Range(0, n - 1).ShouldAllBe(i => vectors[1 + (i * (n + gap)) + n] == 77);
        return values;
    }

    private static double[] Symmetric(int n, int seed)
    {
        var a = Doubles(n * n, seed);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
                a[(j * n) + i] = a[(i * n) + j];
        }

        return a;
    }
}
