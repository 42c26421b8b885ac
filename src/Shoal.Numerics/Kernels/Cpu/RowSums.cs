using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>Σa and Σa·b of one row in double, as <see cref="ScalarMeaning.RowSums"/> says: the 16 chains of a row are the places of registers.</summary>
internal readonly unsafe struct RowSums<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    /// <summary>Doubles of scratch that <see cref="Run"/> needs.</summary>
    internal const int Scratch = 3 * ScalarMeaning.RowChains;

    /// <param name="a">(count).</param>
    /// <param name="b">(count); may be <paramref name="a"/>.</param>
    /// <param name="count">At least one.</param>
    /// <param name="scratch">The chains of both sums, and the end of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Sum, double Product) Run(float* a, float* b, nint count, double* scratch)
    {
        const int Chains = ScalarMeaning.RowChains;
        nint n = TSimd.Count;
        var whole = count / Chains * Chains;
        var rest = (float*)(scratch + (2 * Chains));
        if (whole < count)
        {
            // Zeros behind the last value change no chain.
            new Span<float>(rest, 2 * Chains).Clear();
            new ReadOnlySpan<float>(a + whole, (int)(count - whole)).CopyTo(new Span<float>(rest, Chains));
            new ReadOnlySpan<float>(b + whole, (int)(count - whole)).CopyTo(new Span<float>(rest + Chains, Chains));
        }

        for (nint chain = 0; chain < Chains; chain += 2 * n)
        {
            T s0 = TSimd.Zero, s1 = TSimd.Zero, p0 = TSimd.Zero, p1 = TSimd.Zero;
            for (var i = chain; i < whole; i += Chains)
            {
                T a0 = TSimd.Widen(a + i), a1 = TSimd.Widen(a + i + n);
                s0 = TSimd.Add(s0, a0);
                s1 = TSimd.Add(s1, a1);
                p0 = TSimd.FusedMultiplyAdd(a0, TSimd.Widen(b + i), p0);
                p1 = TSimd.FusedMultiplyAdd(a1, TSimd.Widen(b + i + n), p1);
            }

            if (whole < count)
            {
                T a0 = TSimd.Widen(rest + chain), a1 = TSimd.Widen(rest + chain + n);
                s0 = TSimd.Add(s0, a0);
                s1 = TSimd.Add(s1, a1);
                p0 = TSimd.FusedMultiplyAdd(a0, TSimd.Widen(rest + Chains + chain), p0);
                p1 = TSimd.FusedMultiplyAdd(a1, TSimd.Widen(rest + Chains + chain + n), p1);
            }

            TSimd.Store(s0, scratch + chain);
            TSimd.Store(s1, scratch + chain + n);
            TSimd.Store(p0, scratch + Chains + chain);
            TSimd.Store(p1, scratch + Chains + chain + n);
        }

        return (Tree(scratch), Tree(scratch + Chains));
    }

    /// <summary>The tree of <see cref="ScalarMeaning"/> over 16, without its loops.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Tree(double* c)
        => (((c[0] + c[1]) + (c[2] + c[3])) + ((c[4] + c[5]) + (c[6] + c[7])))
            + (((c[8] + c[9]) + (c[10] + c[11])) + ((c[12] + c[13]) + (c[14] + c[15])));
}
