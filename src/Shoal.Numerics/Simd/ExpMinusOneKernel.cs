using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>
/// eˣ − 1 of a register for x ≤ 0: at most 1.2 ulp off, x itself where x is tiny (+0 for −0), −1 at −∞, NaN at NaN.
/// </summary>
/// <remarks>
/// x = n·log 2 + r as in <see cref="ExpKernel{TSimd, T}"/>; Taylor of eʳ − 1 up to r⁸ (first term left out below 2^-30 of the sum);
/// then 2ⁿ·(eʳ − 1) + (2ⁿ − 1), where n is not above 0 and 2ⁿ − 1 is exact down to n = −24.
/// </remarks>
internal readonly unsafe struct ExpMinusOneKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    private const float Shift = 12582912f;
    private const float Log2E = 1.44269504f;
    private const float Log2High = 0.693147182f;
    private const float Log2Low = -1.90465421e-9f;

    // Below it the result rounds to −1.
    private const float Least = -20f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Evaluate(T x)
    {
        x = TSimd.AtLeast(x, TSimd.Broadcast(Least));
        var shifted = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(Shift));
        var n = TSimd.Subtract(shifted, TSimd.Broadcast(Shift));
        var r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2High), x);
        r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2Low), r);
        var p = TSimd.Broadcast(1f / 40320);
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 5040));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 720));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 120));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 24));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 6));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(0.5f));
        p = TSimd.FusedMultiplyAdd(TSimd.Multiply(r, r), p, r);
        var power = TSimd.Scale(TSimd.Broadcast(1f), shifted);
        return TSimd.FusedMultiplyAdd(power, p, TSimd.Subtract(power, TSimd.Broadcast(1f)));
    }
}
