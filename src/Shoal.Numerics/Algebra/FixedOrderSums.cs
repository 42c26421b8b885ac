using System.Runtime.Intrinsics;
using Shoal.Numerics.Algebra;
using Shoal.Numerics.Kernels;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

/// <summary>Sums of doubles whose order follows from the positions alone: the same bits on every machine and at every vector width.</summary>
/// <remarks>
/// Order of all but the compensated sum: blocks of 2048 values; in a block 32 chains, value i in chain i mod 32, added as a tree (0 + 16, 1 + 17, …, then 0 + 8, …); then the blocks as
/// a tree (neighbours pairwise, an odd last one passed on). The error grows with the logarithm of the length, not with the length. Empty spans give 0. Thread-safe.
/// </remarks>
public static unsafe class FixedOrderSums
{
    /// <summary>Σ x.</summary>
    /// <param name="x">Any length.</param>
    public static double Sum(ReadOnlySpan<double> x) => Sum(VectorWidths.Hardware, x);

    /// <summary>Σ x·y, each product fused with its addition.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="y">As long as <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"FixedOrderSums.Dot: y has {y.Length} values, expected {x.Length} as in x.", nameof(y));
        return Dot(VectorWidths.Hardware, x, y);
    }

    /// <summary>Σ x², each square fused with its addition.</summary>
    /// <param name="x">Any length.</param>
    public static double SumOfSquares(ReadOnlySpan<double> x) => Dot(VectorWidths.Hardware, x, x);

    /// <summary>Σ x after Neumaier: about as exact as a sum in twice the precision, rounded once. Where it is not finite, that of <see cref="Sum(ReadOnlySpan{double})"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <remarks>Order: value i in chain i mod 8 with the exact errors of its additions beside it; the chains in order at the end, the errors last.</remarks>
    public static double CompensatedSum(ReadOnlySpan<double> x) => CompensatedSum(VectorWidths.Hardware, x);

    internal static double Sum(VectorWidth width, ReadOnlySpan<double> x)
    {
        fixed (double* p = x)
        {
            return width switch
            {
                VectorWidth.Bits512 => FixedOrder<SimdDouble512, Vector512<double>>.Sum(p, x.Length),
                VectorWidth.Bits256 => FixedOrder<SimdDouble256, Vector256<double>>.Sum(p, x.Length),
                VectorWidth.Bits128 => FixedOrder<SimdDouble128, Vector128<double>>.Sum(p, x.Length),
                _ => FixedOrder<ScalarDouble, double>.Sum(p, x.Length),
            };
        }
    }

    internal static double Dot(VectorWidth width, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.IsEmpty)
            return 0;
        fixed (double* p = x, q = y)
        {
            return width switch
            {
                VectorWidth.Bits512 => FixedOrder<SimdDouble512, Vector512<double>>.Dot(p, q, x.Length),
                VectorWidth.Bits256 => FixedOrder<SimdDouble256, Vector256<double>>.Dot(p, q, x.Length),
                VectorWidth.Bits128 => FixedOrder<SimdDouble128, Vector128<double>>.Dot(p, q, x.Length),
                _ => FixedOrder<ScalarDouble, double>.Dot(p, q, x.Length),
            };
        }
    }

    internal static double CompensatedSum(VectorWidth width, ReadOnlySpan<double> x)
    {
        fixed (double* p = x)
        {
            var sum = width switch
            {
                VectorWidth.Bits512 => NeumaierSum<SimdDouble512, Vector512<double>>.Sum(p, x.Length),
                VectorWidth.Bits256 => NeumaierSum<SimdDouble256, Vector256<double>>.Sum(p, x.Length),
                VectorWidth.Bits128 => NeumaierSum<SimdDouble128, Vector128<double>>.Sum(p, x.Length),
                _ => NeumaierSum<ScalarDouble, double>.Sum(p, x.Length),
            };
            return double.IsFinite(sum) ? sum : Sum(width, x);
        }
    }
}
