using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>
/// log(1 + eˣ) of a register: at most 2.5 ulp off, denormal results exact to their last place, 0 at −∞, +∞ at +∞, NaN at NaN.
/// </summary>
/// <remarks>
/// max(x, 0) + log(1 + e) with e = e^−|x| ≤ 1, and log(1 + e) = 2·atanh(s) with s = e/(2 + e) ≤ 1/3, Taylor up to s¹⁵ (first term left out
/// below 2^-29 of the sum), written as e − s·(e − …) so that the error of s counts for a third only.
/// </remarks>
internal readonly unsafe struct SoftplusKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Evaluate(T x)
    {
        var e = ExpKernel<TSimd, T>.Evaluate(TSimd.Or(x, TSimd.Broadcast(-0f)));
        var s = TSimd.Divide(e, TSimd.Add(e, TSimd.Broadcast(2f)));
        var z = TSimd.Multiply(s, s);
        var p = TSimd.Broadcast(1f / 15);
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 13));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 11));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 9));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 7));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 5));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1f / 3));
        var back = TSimd.FusedMultiplyAdd(TSimd.Add(z, z), p, TSimd.Subtract(TSimd.Zero, e));
        return TSimd.Add(TSimd.Relu(x), TSimd.FusedMultiplyAdd(s, back, e));
    }
}
