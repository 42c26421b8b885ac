using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>Σa and Σa·b of one row in double, as <see cref="ScalarMeaning.RowSums"/> says: the 16 chains of a row are the places of registers.</summary>
internal readonly unsafe struct RowSums<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    /// <param name="a">(count).</param>
    /// <param name="b">(count); may be <paramref name="a"/>.</param>
    /// <param name="count">At least one.</param>
    /// <param name="chains">Scratch: (2, 16).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Sum, double Product) Run(float* a, float* b, nint count, double* chains)
    {
        const int Chains = ScalarMeaning.RowChains;
        nint n = TSimd.Count;
        var whole = count / Chains * Chains;

        // The rest of the row with zeros behind it, which change no chain.
        var rest = stackalloc float[2 * Chains];
        for (nint i = 0; i < Chains; i++)
        {
            rest[i] = whole + i < count ? a[whole + i] : 0f;
            rest[Chains + i] = whole + i < count ? b[whole + i] : 0f;
        }

        for (nint chain = 0; chain < Chains; chain += 2 * n)
        {
            T s0 = TSimd.Zero, s1 = TSimd.Zero, p0 = TSimd.Zero, p1 = TSimd.Zero;
            for (var i = chain; i < whole; i += Chains)
            {
                T a0 = TSimd.Widen(a + i), a1 = TSimd.Widen(a + i + n);
                (s0, s1) = (TSimd.Add(s0, a0), TSimd.Add(s1, a1));
                p0 = TSimd.FusedMultiplyAdd(a0, TSimd.Widen(b + i), p0);
                p1 = TSimd.FusedMultiplyAdd(a1, TSimd.Widen(b + i + n), p1);
            }

            T r0 = TSimd.Widen(rest + chain), r1 = TSimd.Widen(rest + chain + n);
            TSimd.Store(TSimd.Add(s0, r0), chains + chain);
            TSimd.Store(TSimd.Add(s1, r1), chains + chain + n);
            TSimd.Store(TSimd.FusedMultiplyAdd(r0, TSimd.Widen(rest + Chains + chain), p0), chains + Chains + chain);
            TSimd.Store(TSimd.FusedMultiplyAdd(r1, TSimd.Widen(rest + Chains + chain + n), p1), chains + Chains + chain + n);
        }

        return (ScalarMeaning.Tree(new Span<double>(chains, Chains)), ScalarMeaning.Tree(new Span<double>(chains + Chains, Chains)));
    }
}
