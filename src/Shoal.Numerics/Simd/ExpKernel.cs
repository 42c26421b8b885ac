using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>exp of a register: x = n·log 2 + r, Taylor in r up to r⁷ (|r| ≤ 0.3466, first term left out below 2^-27 of the sum), then times 2ⁿ.</summary>
internal readonly unsafe struct ExpKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    private const float Shift = 12582912f;
    private const float Log2E = 1.44269504f;
    private const float Log2High = 0.693147182f;
    private const float Log2Low = -1.90465421e-9f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Evaluate(T x)
    {
        x = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-104f)), TSimd.Broadcast(89f));
        var shifted = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(Shift));
        var n = TSimd.Subtract(shifted, TSimd.Broadcast(Shift));
        var r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2High), x);
        r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2Low), r);
        var p = TSimd.Broadcast(1f / 5040);
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 720));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 120));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 24));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f / 6));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(0.5f));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f));
        return TSimd.Scale(p, shifted);
    }
}
