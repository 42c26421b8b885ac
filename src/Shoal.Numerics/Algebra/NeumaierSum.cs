using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Algebra;

/// <summary>A sum that carries what rounding takes from it.</summary>
/// <remarks>Value i goes to chain i mod 8; each addition's error is exact (Knuth's two-sum) and summed beside its chain. At the end the chains are added in order, in the same way.</remarks>
internal static unsafe class NeumaierSum<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum(double* x, long length)
    {
        nint width = TSimd.Count;
        var sums = stackalloc double[Lanes];
        var errors = stackalloc double[Lanes];
        var whole = length / Lanes * Lanes;
        for (nint lane = 0; lane < Lanes; lane += width)
        {
            T sum = TSimd.Zero, error = TSimd.Zero;
            for (long i = 0; i < whole; i += Lanes)
            {
                var value = TSimd.Load(x + i + lane);
                var next = TSimd.Add(sum, value);
                var part = TSimd.Subtract(next, sum);
                error = TSimd.Add(error, TSimd.Add(TSimd.Subtract(sum, TSimd.Subtract(next, part)), TSimd.Subtract(value, part)));
                sum = next;
            }

            TSimd.Store(sum, sums + lane);
            TSimd.Store(error, errors + lane);
        }

        for (var i = whole; i < length; i++)
            Add(x[i], ref sums[i - whole], ref errors[i - whole]);
        var (total, lost) = (sums[0], errors[0]);
        for (var lane = 1; lane < Lanes; lane++)
        {
            Add(sums[lane], ref total, ref lost);
            lost += errors[lane];
        }

        return total + lost;
    }

    private static void Add(double value, ref double sum, ref double error)
    {
        var next = sum + value;
        var part = next - sum;
        error += (sum - (next - part)) + (value - part);
        sum = next;
    }
}
