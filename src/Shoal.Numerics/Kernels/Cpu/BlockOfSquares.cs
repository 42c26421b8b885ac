using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>Σx² of one block: 32 chains in double, four registers of them at a time, then the tree over the chains.</summary>
internal readonly unsafe struct BlockOfSquares<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    private const int Chains = ScalarMeaning.SquaresChains;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum(float* x, int count)
    {
        var sums = stackalloc double[Chains];
        new Span<double>(sums, Chains).Clear();
        var whole = count / Chains * Chains;
        Add(x, whole, sums);
        if (whole < count)
        {
            // Zeros change no chain: a sum of squares is never −0.
            var last = stackalloc float[Chains];
            new Span<float>(last, Chains).Clear();
            new ReadOnlySpan<float>(x + whole, count - whole).CopyTo(new Span<float>(last, Chains));
            Add(last, Chains, sums);
        }

        return ScalarMeaning.Tree(new Span<double>(sums, Chains));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* x, int count, double* sums)
    {
        nint n = TSimd.Count;
        for (nint chain = 0; chain < Chains; chain += 4 * n)
        {
            var sum = sums + chain;
            T s0 = TSimd.Load(sum), s1 = TSimd.Load(sum + n), s2 = TSimd.Load(sum + (2 * n)), s3 = TSimd.Load(sum + (3 * n));
            for (var i = chain; i < count; i += Chains)
            {
                T v0 = TSimd.Widen(x + i), v1 = TSimd.Widen(x + i + n), v2 = TSimd.Widen(x + i + (2 * n)), v3 = TSimd.Widen(x + i + (3 * n));
                s0 = TSimd.FusedMultiplyAdd(v0, v0, s0);
                s1 = TSimd.FusedMultiplyAdd(v1, v1, s1);
                s2 = TSimd.FusedMultiplyAdd(v2, v2, s2);
                s3 = TSimd.FusedMultiplyAdd(v3, v3, s3);
            }

            TSimd.Store(s0, sum);
            TSimd.Store(s1, sum + n);
            TSimd.Store(s2, sum + (2 * n));
            TSimd.Store(s3, sum + (3 * n));
        }
    }
}
