using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>tanh, the logistic sigmoid and softplus of a register of doubles.</summary>
internal static class SigmoidKernel<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Tanh(T x)
    {
        var a = TSimd.AtMost(TSimd.Abs(x), TSimd.Broadcast(20));
        var small = TSimd.Less(a, TSimd.Broadcast(0.625));
        var value = TSimd.Subtract(TSimd.Broadcast(1), TSimd.Divide(TSimd.Broadcast(2), TSimd.Add(ExponentialKernel<TSimd, T>.Exp(TSimd.Add(a, a)), TSimd.Broadcast(1))));
        if (TSimd.Any(small))
            value = TSimd.Select(small, TanhNearZero(a), value);
        return TSimd.CopySign(value, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sigmoid(T x)
    {
        var t = ExponentialKernel<TSimd, T>.Exp(TSimd.Negate(TSimd.Abs(x)));
        return TSimd.Divide(TSimd.Select(TSimd.Less(x, TSimd.Zero), t, TSimd.Broadcast(1)), TSimd.Add(TSimd.Broadcast(1), t));
    }

    /// <summary>log(1 + exp x) = max(x, 0) + log(1 + exp −|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Softplus(T x)
        => TSimd.Add(TSimd.AtLeast(x, TSimd.Zero), ExponentialKernel<TSimd, T>.Log1p(ExponentialKernel<TSimd, T>.Exp(TSimd.Negate(TSimd.Abs(x)))));

    /// <summary>x + x³·p(x²) up to 0.625; p by interpolation in Chebyshev points, 2^-53 of p off (tests/data/special/make_special.py).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T TanhNearZero(T x)
    {
        var z = TSimd.Multiply(x, x);
        var p = TSimd.Broadcast(6.485163482793113e-06);
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-3.12011014257974e-05));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(9.257116129556769e-05));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.0002375906496055562));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.0005896606577757043));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.0014557754120478055));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.0035921217511549622));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.008863235103240878));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.021869488519008305));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.05396825396789699));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.13333333333333042));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.3333333333333333));
        return TSimd.FusedMultiplyAdd(TSimd.Multiply(x, z), p, x);
    }
}
