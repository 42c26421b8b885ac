using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>
/// The hyperbolic tangent of a register: at most 2.6 ulp off, x itself where x is tiny, odd to the bit, ±1 at ±∞, NaN at NaN.
/// </summary>
/// <remarks>With m = e^(−2|x|) − 1: tanh |x| = −m / (m + 2). The gradient is 1 − tanh², so that layers keep the output only.</remarks>
internal readonly unsafe struct TanhKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Evaluate(T x)
    {
        var sign = TSimd.And(x, TSimd.Broadcast(-0f));
        var magnitude = TSimd.AndNot(x, TSimd.Broadcast(-0f));
        var m = ExpMinusOneKernel<TSimd, T>.Evaluate(TSimd.Multiply(magnitude, TSimd.Broadcast(-2f)));
        var t = TSimd.Divide(TSimd.Multiply(m, TSimd.Broadcast(-1f)), TSimd.Add(m, TSimd.Broadcast(2f)));
        return TSimd.Or(TSimd.AndNot(t, TSimd.Broadcast(-0f)), sign);
    }
}
