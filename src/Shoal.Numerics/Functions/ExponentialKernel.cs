using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>Exponentials and logarithms of a register of doubles; every lane has the bits that a single double has.</summary>
internal static class ExponentialKernel<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    private const double Shift = 6755399441055744.0;
    private const double Log2E = 1.4426950408889634;

    // log 2 in two parts: the first has 21 trailing zero bits, so that its product with a small whole number is exact.
    private const double Log2High = 0.69314718036912382;
    private const double Log2Low = 1.9082149292705877e-10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Exp(T x) => ExpOfSum(x, TSimd.Zero);

    /// <summary>exp(x + low) for a low part far below the last place of x, as a product rounded to x leaves it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T ExpOfSum(T x, T low)
    {
        x = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-745.2)), TSimd.Broadcast(709.8));
        var shifted = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(Shift));
        var n = TSimd.Subtract(shifted, TSimd.Broadcast(Shift));
        var r = TSimd.Add(TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2Low), TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2High), x)), low);
        return TSimd.Scale(TSimd.Add(TSimd.Broadcast(1), TSimd.FusedMultiplyAdd(TSimd.Multiply(r, r), Series(r), r)), shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Expm1(T x)
    {
        var bounded = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-60)), TSimd.Broadcast(709.8));
        var shifted = TSimd.FusedMultiplyAdd(bounded, TSimd.Broadcast(Log2E), TSimd.Broadcast(Shift));
        var n = TSimd.Subtract(shifted, TSimd.Broadcast(Shift));
        var high = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2High), bounded);
        var r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2Low), high);
        var lost = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Log2Low), TSimd.Subtract(high, r));
        var tail = TSimd.FusedMultiplyAdd(TSimd.Multiply(r, r), Series(r), TSimd.FusedMultiplyAdd(lost, r, lost));

        // Halves, so that 2ⁿ stays finite for the largest n: 2·(2ⁿ⁻¹·r + (2ⁿ⁻¹ − ½) + 2ⁿ⁻¹·tail).
        var half = TSimd.Scale(TSimd.Broadcast(0.5), shifted);
        var rest = TSimd.Subtract(half, TSimd.Broadcast(0.5));
        var value = TSimd.FusedMultiplyAdd(half, tail, TSimd.FusedMultiplyAdd(half, r, rest));

        // Far below 0 the power is small beside 1, and rounding once keeps the order of values.
        var power = TSimd.Add(TSimd.Broadcast(1), TSimd.Add(r, tail));
        value = TSimd.Select(TSimd.Less(n, TSimd.Broadcast(-1.5)), TSimd.FusedMultiplyAdd(half, power, TSimd.Broadcast(-0.5)), value);
        return TSimd.Select(TSimd.Less(TSimd.Abs(x), TSimd.Broadcast(1e-290)), x, TSimd.Add(value, value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Log(T x)
    {
        var denormal = TSimd.Less(x, TSimd.Broadcast(2.2250738585072014e-308));
        var m = TSimd.Split(TSimd.Select(denormal, TSimd.Multiply(x, TSimd.Broadcast(18014398509481984.0)), x), out var n);
        n = TSimd.Subtract(n, TSimd.Select(denormal, TSimd.Broadcast(54), TSimd.Zero));
        var value = TSimd.Select(TSimd.Less(TSimd.Zero, x), LogOfParts(m, n, TSimd.Zero), TSimd.Select(TSimd.Less(x, TSimd.Zero), TSimd.Broadcast(double.NaN), TSimd.Broadcast(double.NegativeInfinity)));
        return TSimd.Select(TSimd.Less(x, TSimd.Broadcast(double.PositiveInfinity)), value, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Log1p(T x)
    {
        // 1 + x = u + lost without error (Knuth's two-sum), and log(u + lost) = log u + lost/u to the last place.
        var u = TSimd.Add(TSimd.Broadcast(1), x);
        var part = TSimd.Subtract(u, TSimd.Broadcast(1));
        var lost = TSimd.Add(TSimd.Subtract(TSimd.Broadcast(1), TSimd.Subtract(u, part)), TSimd.Subtract(x, part));
        var m = TSimd.Split(u, out var n);
        var value = TSimd.CopySign(LogOfParts(m, n, TSimd.Divide(lost, u)), x);
        value = TSimd.Select(TSimd.Less(TSimd.Broadcast(-1), x), value, TSimd.Select(TSimd.Less(x, TSimd.Broadcast(-1)), TSimd.Broadcast(double.NaN), TSimd.Broadcast(double.NegativeInfinity)));
        return TSimd.Select(TSimd.Less(x, TSimd.Broadcast(double.PositiveInfinity)), value, x);
    }

    /// <summary>n·log 2 + log m + more. log m = 2 atanh(s) with s = (m−1)/(m+1), |s| ≤ 0.1716; the first term left out, s²⁴/25, is below 2^-65 of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogOfParts(T m, T n, T more)
    {
        var f = TSimd.Subtract(m, TSimd.Broadcast(1));
        var s = TSimd.Divide(f, TSimd.Add(TSimd.Broadcast(2), f));
        var z = TSimd.Multiply(s, s);
        var p = TSimd.Broadcast(1.0 / 23);
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 21));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 19));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 17));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 15));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 13));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 11));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 9));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 7));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 5));
        p = TSimd.FusedMultiplyAdd(p, z, TSimd.Broadcast(1.0 / 3));

        // 2s = f − s·f: exact in f, so that log near 1 keeps all its digits. n·Log2High + f is kept without error too.
        var correction = TSimd.Multiply(s, TSimd.FusedMultiplyAdd(TSimd.Add(z, z), p, TSimd.Negate(f)));
        var whole = TSimd.Multiply(n, TSimd.Broadcast(Log2High));
        var sum = TSimd.Add(whole, f);
        var lost = TSimd.Add(TSimd.Subtract(whole, sum), f);
        return TSimd.Add(sum, TSimd.Add(lost, TSimd.Add(TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(Log2Low), correction), more)));
    }

    /// <summary>(exp r − 1 − r)/r². With |r| ≤ 0.3466 the first term of Taylor left out, r¹⁴/14!, is below 2^-57.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Series(T r)
    {
        var p = TSimd.Broadcast(1.0 / 6227020800);
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 479001600));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 39916800));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 3628800));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 362880));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 40320));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 5040));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 720));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 120));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 24));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1.0 / 6));
        return TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(0.5));
    }
}
