using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>The error function, its complement and the scaled complement of a register of doubles.</summary>
internal static class ErrorKernel<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Erf(T x)
    {
        var a = TSimd.AtMost(TSimd.Abs(x), TSimd.Broadcast(6));
        var small = TSimd.Less(a, TSimd.Broadcast(1));
        var value = a;
        if (TSimd.Any(small))
            value = TSimd.FusedMultiplyAdd(a, RatioLessOne(a), a);
        if (TSimd.Any(TSimd.Less(TSimd.Broadcast(0.999), a)))
            value = TSimd.Select(small, value, TSimd.Subtract(TSimd.Broadcast(1), Tail(a)));

        // A NaN is in neither mask and comes back as it went in.
        return TSimd.CopySign(value, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Erfc(T x)
    {
        var a = TSimd.AtMost(TSimd.Abs(x), TSimd.Broadcast(28));
        var small = TSimd.Less(a, TSimd.Broadcast(0.5));
        var value = a;
        if (TSimd.Any(small))
            value = TSimd.FusedMultiplyAdd(TSimd.Negate(x), TSimd.Add(TSimd.Broadcast(1), RatioLessOne(a)), TSimd.Broadcast(1));
        if (TSimd.Any(TSimd.Less(TSimd.Broadcast(0.499), a)))
        {
            var tail = Tail(a);
            value = TSimd.Select(TSimd.Less(a, TSimd.Broadcast(0.5)), value, TSimd.Select(TSimd.Less(x, TSimd.Zero), TSimd.Subtract(TSimd.Broadcast(2), tail), tail));
        }

        return TSimd.Select(TSimd.Less(a, TSimd.Broadcast(29)), value, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Erfcx(T x)
    {
        var value = ErfcxOfMagnitude(TSimd.Abs(x));
        var negative = TSimd.Less(x, TSimd.Zero);
        if (TSimd.Any(negative))
        {
            var a = TSimd.AtMost(TSimd.Abs(x), TSimd.Broadcast(27));
            var square = TSimd.Multiply(a, a);
            var power = ExponentialKernel<TSimd, T>.ExpOfSum(square, TSimd.FusedMultiplyAdd(a, a, TSimd.Negate(square)));
            value = TSimd.Select(negative, TSimd.Subtract(TSimd.Add(power, power), value), value);
        }

        return value;
    }

    /// <summary>
    /// erfcx of a number that is not negative: (1 + 2x)·erfcx(x) − 1 as a polynomial in t = (x − 4)/(x + 4), 2^-54 off; t and the quotient are corrected by
    /// what their roundings left. Form: Shepherd and Laframboise, Chebyshev approximation of (1 + 2x) exp(x²) erfc x (1981).
    /// Coefficients: tests/data/special/make_special.py. Beyond 10⁸ it is 1/(x·√π).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T ErfcxOfMagnitude(T x)
    {
        var a = TSimd.AtMost(x, TSimd.Broadcast(1e8));
        var inverse = TSimd.Divide(TSimd.Broadcast(1), TSimd.Add(a, TSimd.Broadcast(4)));
        var t = TSimd.Multiply(TSimd.Subtract(a, TSimd.Broadcast(4)), inverse);
        var rest = TSimd.FusedMultiplyAdd(TSimd.Negate(t), a, TSimd.FusedMultiplyAdd(TSimd.Broadcast(-4), TSimd.Add(t, TSimd.Broadcast(1)), a));
        t = TSimd.FusedMultiplyAdd(inverse, rest, t);
        var p = TSimd.Broadcast(9.655408265645979e-10);
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(1.5712153661897457e-09));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-1.2544825425810217e-08));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-1.6357383994526995e-08));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(1.0683442931948345e-07));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(7.111912430821576e-08));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-8.218020655513956e-07));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(2.9805960549635136e-07));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(5.7072395737523334e-06));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-1.1225140354421221e-05));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-2.439811794211229e-05));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.00015062311785160628));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.0001992570041218366));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.0007577737141838837));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.005031970032548692));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.01619773397992426));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.0371675155318432));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.06633036582050367));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.09373283499865172));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.10103906603585294));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.0680970542546862));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.015379652102610162));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(-0.1396211168405625));
        p = TSimd.FusedMultiplyAdd(p, t, TSimd.Broadcast(0.23299511862555256));

        // q = (1 + p)/(1 + 2a) by r = 1/(1 + 2a), then the rest (1 + p) − q·(1 + 2a) times r.
        var r = TSimd.Divide(TSimd.Broadcast(0.5), TSimd.Add(a, TSimd.Broadcast(0.5)));
        var q = TSimd.FusedMultiplyAdd(p, r, r);
        rest = TSimd.Add(TSimd.Subtract(p, q), TSimd.FusedMultiplyAdd(TSimd.Add(q, q), TSimd.Negate(a), TSimd.Broadcast(1)));
        q = TSimd.FusedMultiplyAdd(rest, r, q);
        return TSimd.Select(TSimd.Less(TSimd.Broadcast(1e8), x), TSimd.Divide(TSimd.Broadcast(0.56418958354775628), x), q);
    }

    /// <summary>erf(x)/x − 1 for |x| up to 1, 2^-54 off; interpolation in Chebyshev points of x² (tests/data/special/make_special.py).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T RatioLessOne(T x)
    {
        var z = TSimd.Multiply(x, x);
        var p = TSimd.Broadcast(-7.795898827002142e-10);
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.3720064546777686e-08));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-1.6208483801871705e-07));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.6447424703317362e-06));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-1.492473690741966e-05));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.00012055294904839707));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.0008548325975389692));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.0052239776071164225));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.02686617064323777));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.11283791670945006));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(-0.37612638903183543));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(0.12837916709551256));
        return p;
    }

    /// <summary>erfc of a number from 0 to 28: exp(−x²)·erfcx(x), with what rounding takes from x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tail(T a)
    {
        var square = TSimd.Multiply(a, a);
        return TSimd.Multiply(ExponentialKernel<TSimd, T>.ExpOfSum(TSimd.Negate(square), TSimd.FusedMultiplyAdd(TSimd.Negate(a), a, square)), ErfcxOfMagnitude(a));
    }
}
