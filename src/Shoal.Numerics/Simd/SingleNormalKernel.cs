using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>
/// The standard normal distribution of a register: Φ(x) at most 5.5 ulp off for normal results (the left tail too), 0 at −∞, 1 at +∞,
/// NaN at NaN; and e^(−x²/2) beside it.
/// </summary>
/// <remarks>
/// With a = |x| and t = 1/(1 + 0.45a): Φ(−a) = e^(−a²/2)·t·P(t), where P of degree 10 is the Chebyshev interpolation of Φ(−a)·e^(a²/2)/t on
/// 0 ≤ a ≤ 14.5, written in t − 0.5625; it is within 2^-26 of it. a²/2 is taken as its rounded value and the rest.
/// </remarks>
internal readonly unsafe struct SingleNormalKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    // Φ(−14.5) is below the smallest float.
    private const float Largest = 14.5f;

    /// <param name="x">Any value.</param>
    /// <param name="density">e^(−x²/2), at most 1.8 ulp off for normal results.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Evaluate(T x, out T density)
    {
        var one = TSimd.Broadcast(1f);
        var a = TSimd.AtMost(TSimd.AndNot(x, TSimd.Broadcast(-0f)), TSimd.Broadcast(Largest));
        var t = TSimd.Divide(one, TSimd.FusedMultiplyAdd(a, TSimd.Broadcast(0.45f), one));
        var u = TSimd.Subtract(t, TSimd.Broadcast(0.5625f));
        var p = TSimd.Broadcast(-0.0432862379f);
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.018885633f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.0514183566f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-0.0575911999f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-0.0140385032f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.0856893584f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-0.0421737507f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-0.119583562f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.112619519f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.358033657f));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(0.332195908f));
        var half = TSimd.Multiply(a, TSimd.Broadcast(-0.5f));
        var exponent = TSimd.Multiply(a, half);
        var rest = TSimd.FusedMultiplyAdd(a, half, TSimd.Subtract(TSimd.Zero, exponent));
        var e = ExpKernel<TSimd, T>.Evaluate(exponent);
        density = TSimd.FusedMultiplyAdd(e, rest, e);
        var tail = TSimd.Multiply(TSimd.Multiply(t, p), density);
        return TSimd.Select(x, TSimd.Subtract(one, tail), tail);
    }
}
