using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Algebra;

/// <summary>Sums over long vectors in an order that is fixed by position alone.</summary>
/// <remarks>
/// Blocks of 2048 values; in a block 32 chains, value i in chain i mod 32; the chains of a block are added as a tree (0+16, 1+17, …, then 0+8, …), and the
/// blocks as a tree over their numbers: neighbours pairwise, an odd last one passed on.
/// </remarks>
internal static unsafe class FixedOrder<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    internal static double Sum(double* x, long length) => Blocks(x, null, length);

    internal static double Dot(double* x, double* y, long length) => Blocks(x, y, length);

    /// <summary>Σx, or Σx·y. The partial sums of 1, 2, 4, … blocks wait as in a binary counter.</summary>
    private static double Blocks(double* x, double* y, long length)
    {
        if (length <= FixedOrder.BlockLength)
            return Block(x, y, (int)length);
        var levels = stackalloc double[64];
        var blocks = (length + FixedOrder.BlockLength - 1) / FixedOrder.BlockLength;
        for (long block = 0; ; block++)
        {
            var first = block * FixedOrder.BlockLength;
            var sum = Block(x + first, y == null ? null : y + first, (int)Math.Min(FixedOrder.BlockLength, length - first));
            var last = block == blocks - 1;
            var level = 0;
            for (var waiting = block; waiting != 0 && (last || (waiting & 1) != 0); waiting >>= 1, level++)
            {
                if ((waiting & 1) != 0)
                    sum = levels[level] + sum;
            }

            if (last)
                return sum;
            levels[level] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Block(double* x, double* y, int length)
    {
        nint width = TSimd.Count;
        var lanes = stackalloc double[FixedOrder.Lanes];
        var whole = length / FixedOrder.Lanes * FixedOrder.Lanes;
        for (nint lane = 0; lane < FixedOrder.Lanes; lane += 4 * width)
        {
            T s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
            var a = x + lane;
            if (y == null)
            {
                for (var i = 0; i < whole; i += FixedOrder.Lanes, a += FixedOrder.Lanes)
                {
                    s0 = TSimd.Add(s0, TSimd.Load(a));
                    s1 = TSimd.Add(s1, TSimd.Load(a + width));
                    s2 = TSimd.Add(s2, TSimd.Load(a + (2 * width)));
                    s3 = TSimd.Add(s3, TSimd.Load(a + (3 * width)));
                }
            }
            else
            {
                var b = y + lane;
                for (var i = 0; i < whole; i += FixedOrder.Lanes, a += FixedOrder.Lanes, b += FixedOrder.Lanes)
                {
                    s0 = TSimd.FusedMultiplyAdd(TSimd.Load(a), TSimd.Load(b), s0);
                    s1 = TSimd.FusedMultiplyAdd(TSimd.Load(a + width), TSimd.Load(b + width), s1);
                    s2 = TSimd.FusedMultiplyAdd(TSimd.Load(a + (2 * width)), TSimd.Load(b + (2 * width)), s2);
                    s3 = TSimd.FusedMultiplyAdd(TSimd.Load(a + (3 * width)), TSimd.Load(b + (3 * width)), s3);
                }
            }

            TSimd.Store(s0, lanes + lane);
            TSimd.Store(s1, lanes + lane + width);
            TSimd.Store(s2, lanes + lane + (2 * width));
            TSimd.Store(s3, lanes + lane + (3 * width));
        }

        for (var i = whole; i < length; i++)
            lanes[i - whole] = y == null ? lanes[i - whole] + x[i] : Math.FusedMultiplyAdd(x[i], y[i], lanes[i - whole]);
        for (var half = FixedOrder.Lanes / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }
}

/// <summary>The numbers that are part of the order.</summary>
internal static class FixedOrder
{
    internal const int BlockLength = 2048;
    internal const int Lanes = 32;
}
