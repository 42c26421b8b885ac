using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>The two sums of a batch normalisation over one shard, in double, one chain a channel. Without mean: Σx, Σx²; with it: Σdy, Σdy·(x−mean).</summary>
internal readonly unsafe struct ChannelSums<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    // Rows that stay in L1 while all channels go by, four registers of sums at a time.
    private const int BlockFloats = 4096;

    /// <param name="x">(rows, channels).</param>
    /// <param name="dy">(rows, channels), or null.</param>
    /// <param name="mean">(channels) as doubles, or null with <paramref name="dy"/>.</param>
    /// <param name="rows">Images of the shard times positions.</param>
    /// <param name="channels">At least one; up to 15 floats behind the last row are read.</param>
    /// <param name="sums">Added to: (2, width) with width the channels filled up to a multiple of 16.</param>
    /// <param name="width">The stride between the two sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(float* x, float* dy, double* mean, long rows, int channels, double* sums, int width)
    {
        var block = Math.Max(1, BlockFloats / channels);
        for (long first = 0; first < rows; first += block)
        {
            var count = Math.Min(block, rows - first);
            for (nint c = 0; c < channels; c += 4 * TSimd.Count)
            {
                nint n = TSimd.Count;
                var sum = sums + c;
                var product = sums + width + c;
                T s0 = TSimd.Load(sum), s1 = TSimd.Load(sum + n), s2 = TSimd.Load(sum + (2 * n)), s3 = TSimd.Load(sum + (3 * n));
                T p0 = TSimd.Load(product), p1 = TSimd.Load(product + n), p2 = TSimd.Load(product + (2 * n)), p3 = TSimd.Load(product + (3 * n));
                var a = x + (first * channels) + c;
                if (dy == null)
                {
                    for (var row = count; row > 0; row--, a += channels)
                    {
                        T v0 = TSimd.Widen(a), v1 = TSimd.Widen(a + n), v2 = TSimd.Widen(a + (2 * n)), v3 = TSimd.Widen(a + (3 * n));
                        (s0, s1, s2, s3) = (TSimd.Add(s0, v0), TSimd.Add(s1, v1), TSimd.Add(s2, v2), TSimd.Add(s3, v3));
                        p0 = TSimd.FusedMultiplyAdd(v0, v0, p0);
                        p1 = TSimd.FusedMultiplyAdd(v1, v1, p1);
                        p2 = TSimd.FusedMultiplyAdd(v2, v2, p2);
                        p3 = TSimd.FusedMultiplyAdd(v3, v3, p3);
                    }
                }
                else
                {
                    var m = mean + c;
                    var d = dy + (first * channels) + c;
                    for (var row = count; row > 0; row--, a += channels, d += channels)
                    {
                        T v0 = TSimd.Widen(d), v1 = TSimd.Widen(d + n), v2 = TSimd.Widen(d + (2 * n)), v3 = TSimd.Widen(d + (3 * n));
                        (s0, s1, s2, s3) = (TSimd.Add(s0, v0), TSimd.Add(s1, v1), TSimd.Add(s2, v2), TSimd.Add(s3, v3));
                        p0 = TSimd.FusedMultiplyAdd(v0, TSimd.Subtract(TSimd.Widen(a), TSimd.Load(m)), p0);
                        p1 = TSimd.FusedMultiplyAdd(v1, TSimd.Subtract(TSimd.Widen(a + n), TSimd.Load(m + n)), p1);
                        p2 = TSimd.FusedMultiplyAdd(v2, TSimd.Subtract(TSimd.Widen(a + (2 * n)), TSimd.Load(m + (2 * n))), p2);
                        p3 = TSimd.FusedMultiplyAdd(v3, TSimd.Subtract(TSimd.Widen(a + (3 * n)), TSimd.Load(m + (3 * n))), p3);
                    }
                }

                TSimd.Store(s0, sum);
                TSimd.Store(s1, sum + n);
                TSimd.Store(s2, sum + (2 * n));
                TSimd.Store(s3, sum + (3 * n));
                TSimd.Store(p0, product);
                TSimd.Store(p1, product + n);
                TSimd.Store(p2, product + (2 * n));
                TSimd.Store(p3, product + (3 * n));
            }
        }
    }
}
