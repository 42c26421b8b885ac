using Shoal.Numerics.Algebra;

namespace Shoal.Numerics.Tests.Algebra;

public abstract partial class DenseAlgebraContract
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 300, 65 }, { 14, 16, 256 }, { 15, 17, 257 }, { 84, 32, 255 }, { 85, 33, 320 }, { 113, 12, 321 }, { 7, 530, 13 }, { 200, 9, 1 }, { 64, 64, 500 },
        { 130, 140, 90 }, { 3, 1100, 4 }, { 1, 5, 700 }, { 90, 1, 33 }, { 5, 6, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_have_the_bits_of_their_meaning(int rows, int columns, int depth)
    {
        foreach (var (alpha, beta) in new[] { (1.0, 0.0), (-1.0, 1.0), (0.75, -0.3) })
        {
            for (var transposed = 0; transposed < 4; transposed++)
                Check(rows, columns, depth, alpha, beta, (transposed & 1) != 0, (transposed & 2) != 0);
        }
    }

    [Fact]
    public void Small_products_of_every_shape_have_the_bits_of_their_meaning()
    {
        for (var n = 0; n < 240; n++)
        {
            var (rows, columns, depth) = (1 + (n * 7 % 40), 1 + (n * 13 % 40), 1 + (n * 29 % 40));
            Check(rows, columns, depth, 1, n % 3 == 0 ? 1 : 0, n % 2 == 0, n % 5 < 2);
        }
    }

    [Fact]
    public void A_large_product_has_the_bits_of_its_meaning() => Check(90, 1040, 300, 0.5, 1, false, true);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_of_floats_have_the_bits_of_their_meaning(int rows, int columns, int depth)
    {
        foreach (var (alpha, beta, biased, relu) in new[] { (1f, 0f, false, false), (0.75f, 0f, true, true), (-1f, 0.5f, true, true), (1f, 1f, false, false) })
        {
            for (var transposed = 0; transposed < 4; transposed++)
            {
                var (ta, tb) = ((transposed & 1) != 0, (transposed & 2) != 0);
                var (a, b, c) = (Singles(rows * depth, 1), Singles(depth * columns, 2), Singles(rows * columns, 3));
                var bias = biased ? Singles(columns, 4) : [];
                var expected = c.ToArray();
                AlgebraMeaning.Product(rows, columns, depth, alpha, a, b, beta, bias, relu, expected);
                var (la, lb) = (Laid(a, rows, depth, ta, 3, float.NaN), Laid(b, depth, columns, tb, 2, float.NaN));
                var lc = Laid(c, rows, columns, false, 5, 77f);

                _algebra.Multiply(View(la, rows, depth, ta, 3), View(lb, depth, columns, tb, 2), Target(lc, rows, columns, 5), alpha, beta, bias, relu);

                ShouldBeSameBits(lc, Laid(expected, rows, columns, false, 5, 77f), $"{rows}×{columns}×{depth}, alpha {alpha}, beta {beta}, {ta}, {tb}");
            }
        }
    }

    [Fact]
    public void With_beta_0_the_old_values_are_not_read()
    {
        var c = new[] { double.NaN };
        var single = new[] { float.NaN };

        _algebra.Multiply(new ReadOnlyMatrixSpan<double>([2], 1, 1), new ReadOnlyMatrixSpan<double>([3], 1, 1), new MatrixSpan<double>(c, 1, 1));
        _algebra.Multiply(new ReadOnlyMatrixSpan<float>([2f], 1, 1), new ReadOnlyMatrixSpan<float>([3f], 1, 1), new MatrixSpan<float>(single, 1, 1));

        (c[0], single[0]).ShouldBe((6, 6));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Should.Throw<ArgumentException>(() => _algebra.Multiply(new ReadOnlyMatrixSpan<double>(new double[6], 2, 3), new ReadOnlyMatrixSpan<double>(new double[8], 4, 2), new MatrixSpan<double>(new double[4], 2, 2)))
            .Message.ShouldContain("a is (2, 3), b (4, 2) and c (2, 2)");
        var both = new double[4];
        Should.Throw<ArgumentException>(() => _algebra.Multiply(new ReadOnlyMatrixSpan<double>(both, 2, 2), new ReadOnlyMatrixSpan<double>(new double[4], 2, 2), new MatrixSpan<double>(both, 2, 2)))
            .Message.ShouldContain("c overlaps a or b");
        Should.Throw<ArgumentException>(() => _algebra.Multiply(new ReadOnlyMatrixSpan<float>([1f], 1, 1), new ReadOnlyMatrixSpan<float>([1f], 1, 1), new MatrixSpan<float>(new float[1], 1, 1), bias: [1f, 2f]))
            .Message.ShouldContain("bias has 2 values, expected 1");
        Should.Throw<ArgumentException>(() => _ = new MatrixSpan<double>(new double[5], 2, 3).Rows).Message.ShouldContain("values has 5 elements, a matrix of (2, 3) with stride 3 needs 6");
        Should.Throw<ArgumentException>(() => _ = new ReadOnlyMatrixSpan<double>(new double[9], 2, 3, 2).Rows).Message.ShouldContain("the stride is 2, shorter than a row of 3");
    }

    [Fact]
    public void A_warm_product_allocates_nothing()
    {
        var (a, c) = (Doubles(100 * 200, 1), new double[100 * 100]);
        void Run() => _algebra.Multiply(new ReadOnlyMatrixSpan<double>(a, 100, 200), new ReadOnlyMatrixSpan<double>(a, 100, 200).Transpose(), new MatrixSpan<double>(c, 100, 100), 1, 1);
        Run();

        AllocatedBytes.Least(Run).ShouldBe(0);
    }

    private void Check(int rows, int columns, int depth, double alpha, double beta, bool ta, bool tb)
    {
        var (a, b, c) = (Doubles(rows * depth, 1), Doubles(depth * columns, 2), Doubles(rows * columns, 3));
        var expected = c.ToArray();
        AlgebraMeaning.Product(rows, columns, depth, alpha, a, b, beta, expected);

        // NaN lies between and behind the rows: nothing there may be read into a result, and nothing written.
        var (la, lb) = (Laid(a, rows, depth, ta, 3, double.NaN), Laid(b, depth, columns, tb, 2, double.NaN));
        var lc = Laid(c, rows, columns, false, 5, 77);

        _algebra.Multiply(View(la, rows, depth, ta, 3), View(lb, depth, columns, tb, 2), Target(lc, rows, columns, 5), alpha, beta);

        ShouldBeSameBits(lc, Laid(expected, rows, columns, false, 5, 77.0), $"{rows}×{columns}×{depth}, alpha {alpha}, beta {beta}, {ta}, {tb}");
    }

    /// <summary>The matrix after one odd element, its rows (or columns, if transposed) with a gap behind each.</summary>
    private static TValue[] Laid<TValue>(TValue[] values, int rows, int columns, bool transposed, int gap, TValue filling)
    {
        var (outer, inner) = transposed ? (columns, rows) : (rows, columns);
        var laid = Enumerable.Repeat(filling, 1 + (outer * (inner + gap))).ToArray();
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
                laid[1 + (transposed ? (c * (inner + gap)) + r : (r * (inner + gap)) + c)] = values[(r * columns) + c];
        }

        return laid;
    }

    private static ReadOnlyMatrixSpan<TValue> View<TValue>(TValue[] laid, int rows, int columns, bool transposed, int gap)
        where TValue : unmanaged
        => transposed ? new ReadOnlyMatrixSpan<TValue>(laid.AsSpan(1), columns, rows, rows + gap).Transpose() : new ReadOnlyMatrixSpan<TValue>(laid.AsSpan(1), rows, columns, columns + gap);

    private static MatrixSpan<TValue> Target<TValue>(TValue[] laid, int rows, int columns, int gap)
        where TValue : unmanaged => new(laid.AsSpan(1), rows, columns, columns + gap);
}
