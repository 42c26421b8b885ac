using Shoal.Numerics.Algebra;
using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests.Algebra;

public class FixedOrderSumsTests
{
    [Fact]
    public void Sums_of_every_length_and_offset_have_the_bits_of_their_meaning_at_every_width()
    {
        var (x, y) = (Numbers(20_000, 1), Numbers(20_000, 2));
        foreach (var length in Enumerable.Range(0, 258).Concat([2047, 2048, 2049, 4096, 4097, 6150, 8191, 14337, 19_990]))
        {
            var a = x.AsSpan(length % 7, length);
            var b = y.AsSpan(length % 5, length);
            var (sum, dot) = (AlgebraMeaning.Sum(a, []), length == 0 ? 0 : AlgebraMeaning.Sum(a, b));
            var compensated = FixedOrderSums.CompensatedSum(VectorWidth.Scalar, a);
            foreach (var width in Enum.GetValues<VectorWidth>())
            {
                FixedOrderSums.Sum(width, a).ShouldBe(sum, $"{length} values at {width}");
                FixedOrderSums.Dot(width, a, b).ShouldBe(dot, $"{length} products at {width}");
                FixedOrderSums.CompensatedSum(width, a).ShouldBe(compensated, $"{length} values, compensated, at {width}");
            }

            FixedOrderSums.Sum(a).ShouldBe(sum);
            FixedOrderSums.Dot(a, b).ShouldBe(dot);
            FixedOrderSums.SumOfSquares(a).ShouldBe(length == 0 ? 0 : AlgebraMeaning.Sum(a, a));
        }
    }

    [Fact]
    public void The_compensated_sum_keeps_what_cancels()
    {
        FixedOrderSums.CompensatedSum([1, 1e100, 1, -1e100]).ShouldBe(2);
        double[] large = [.. Enumerable.Range(0, 3001).SelectMany(i => new[] { 1e16, 1.0 + i, -1e16 })];

        FixedOrderSums.CompensatedSum(large).ShouldBe(3001.0 * 3002 / 2);
    }

    [Fact]
    public void The_error_of_a_long_sum_is_small()
    {
        double[] tenths = [.. Enumerable.Repeat(0.1, 1_000_003)];
        var exact = (double)((decimal)0.1000000000000000055511151231 * 1_000_003);

        FixedOrderSums.Sum(tenths).ShouldBe(exact, 1e-15 * 60 * exact);
        FixedOrderSums.CompensatedSum(tenths).ShouldBe(exact, 2e-16 * exact);
    }

    [Fact]
    public void What_is_not_finite_comes_through()
    {
        FixedOrderSums.CompensatedSum([1, double.PositiveInfinity, 2]).ShouldBe(double.PositiveInfinity);
        FixedOrderSums.Sum([1, double.NaN]).ShouldBe(double.NaN);
        FixedOrderSums.CompensatedSum([double.NegativeInfinity, double.PositiveInfinity]).ShouldBe(double.NaN);
        FixedOrderSums.Sum([]).ShouldBe(0);
        Should.Throw<ArgumentException>(() => FixedOrderSums.Dot([1], [1, 2])).Message.ShouldContain("y has 2 values, expected 1");
    }

    private static double[] Numbers(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7)))];
    }
}
