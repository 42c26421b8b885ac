using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

/// <summary>
/// exp, log, tanh, sin and cos of our own: the same bits on every machine, at every vector width, in spans of any length.
/// </summary>
/// <remarks>
/// Only additions, multiplications, divisions, fused multiply-adds and moves of bits, in a fixed order. Errors are stated in units of the last place (ulp)
/// of the result: the largest seen over the samples of the tests, rounded up; not proved. Thread-safe.
/// </remarks>
public static class SpecialFunctions
{
    private const double Log2E = 1.4426950408889634;

    // log 2 in two parts: the first has 21 trailing zero bits, so that its product with a small whole number is exact.
    private const double Log2High = 0.69314718036912382;
    private const double Log2Low = 1.9082149292705877e-10;

    // pi/2 in three parts of 33, 33 and 53 bits.
    private const double HalfPi1 = 1.5707963267341256;
    private const double HalfPi2 = 6.077100506303966e-11;
    private const double HalfPi3 = 2.0222662487959506e-21;
    private const double LargestAngle = 1 << 20;

    /// <summary>e to the power <paramref name="x"/>; at most 1.1 ulp off; +∞ from 88.7229 on, 0 below −103.98, denormals exact to their last place.</summary>
    public static float Exp(float x) => ExpKernel<Scalar, float>.Evaluate(x);

    /// <summary>e to the power of each value, with the bits of <see cref="Exp(float)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; may be the same span.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Exp(ReadOnlySpan<float> x, Span<float> destination)
    {
        if (destination.Length != x.Length)
            throw new ArgumentException($"SpecialFunctions.Exp: destination has {destination.Length} values, expected {x.Length} as in x.", nameof(destination));
        for (var i = 0; i < x.Length; i++)
            destination[i] = Exp(x[i]);
    }

    /// <summary>The natural logarithm, computed in double: at most 0.51 ulp off; NaN below 0, −∞ at 0.</summary>
    public static float Log(float x) => (float)Log((double)x);

    /// <summary>The hyperbolic tangent, computed in double: at most 0.51 ulp off.</summary>
    public static float Tanh(float x) => (float)Tanh((double)x);

    /// <summary>e to the power <paramref name="x"/>; at most 1.1 ulp off for normal results.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 709.79)
            return double.PositiveInfinity;
        if (x < -745.14)
            return 0;
        var n = Math.Round(x * Log2E);
        var r = Math.FusedMultiplyAdd(n, -Log2Low, Math.FusedMultiplyAdd(n, -Log2High, x));

        // Taylor: with |r| ≤ 0.3466 the first term left out, r¹⁴/14!, is below 2^-57.
        var p = 1.0 / 6227020800;
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 479001600);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 39916800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 3628800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 362880);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 40320);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 5040);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 720);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 120);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 24);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 6);
        p = Math.FusedMultiplyAdd(p, r, 0.5);
        p = Math.FusedMultiplyAdd(p, r, 1);
        p = Math.FusedMultiplyAdd(p, r, 1);
        var half = (int)n >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>The natural logarithm; at most 2 ulp off; NaN below 0, −∞ at 0.</summary>
    public static double Log(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        if (double.IsPositiveInfinity(x))
            return x;
        var exponent = 0;
        if (x < double.BitIncrement(0) * (1L << 52))
        {
            x *= 1L << 54;
            exponent = -54;
        }

        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        // log m = 2 atanh(s) with s = (m−1)/(m+1), |s| ≤ 0.1716; the first term left out, s²⁴/25, is below 2^-65 of the sum.
        var f = m - 1;
        var s = f / (2 + f);
        var z = s * s;
        var p = 1.0 / 23;
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 21);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 19);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 17);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 15);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 13);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 11);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 9);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 7);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 5);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 3);

        // 2s = f − s·f: exact in f, so that log near 1 keeps all its digits.
        var correction = s * Math.FusedMultiplyAdd(2 * z, p, -f);
        return Math.FusedMultiplyAdd(exponent, Log2High, f + Math.FusedMultiplyAdd(exponent, Log2Low, correction));
    }

    /// <summary>The hyperbolic tangent; at most 4 ulp off.</summary>
    public static double Tanh(double x)
    {
        var a = Math.Abs(x);
        if (!(a < 20))
            return double.IsNaN(x) ? x : Math.CopySign(1, x);
        double t;
        if (a < 0.25)
        {
            // Continued fraction of Lambert: tanh x = x/(1 + x²/(3 + x²/(5 + …))).
            var z = a * a;
            var d = 19.0;
            for (var k = 17; k >= 1; k -= 2)
                d = k + (z / d);
            t = a / d;
        }
        else
        {
            t = 1 - (2 / (Exp(2 * a) + 1));
        }

        return Math.CopySign(t, x);
    }

    /// <summary>The sine of an angle in radians; at most 1.5 ulp off, near multiples of π 2^-80 absolute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|<paramref name="x"/>| is above 2²⁰.</exception>
    public static double Sin(double x) => Circle(x, 0);

    /// <summary>The cosine of an angle in radians; at most 1.5 ulp off, near its zeros 2^-80 absolute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|<paramref name="x"/>| is above 2²⁰.</exception>
    public static double Cos(double x) => Circle(x, 1);

    private static double Circle(double x, int quadrants)
    {
        if (!double.IsFinite(x))
            return double.NaN;
        if (Math.Abs(x) > LargestAngle)
            throw new ArgumentOutOfRangeException(nameof(x), x, "SpecialFunctions.Sin and Cos: the angle must be between -2^20 and 2^20 radians. Reduce it first.");
        var n = Math.Round(x * (2 / Math.PI));
        var high = Math.FusedMultiplyAdd(n, -HalfPi1, x);
        var r = Math.FusedMultiplyAdd(n, -HalfPi2, high);
        var lost = Math.FusedMultiplyAdd(n, -HalfPi2, high - r);
        var low = Math.FusedMultiplyAdd(n, -HalfPi3, lost);
        var whole = r + low;
        low = r - whole + low;
        var turn = ((int)n + quadrants) & 3;
        var value = (turn & 1) == 0 ? SinTaylor(whole, low) : CosTaylor(whole, low);
        return turn >= 2 ? -value : value;
    }

    private static double SinTaylor(double r, double low)
    {
        var z = r * r;
        var p = -1.0 / 121645100408832000;
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 355687428096000);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 1307674368000);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 6227020800);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 39916800);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 362880);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 5040);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 120);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 6);
        return r + Math.FusedMultiplyAdd(r * z, p, low * Math.FusedMultiplyAdd(z, -0.5, 1));
    }

    private static double CosTaylor(double r, double low)
    {
        var z = r * r;
        var p = -1.0 / 6402373705728000;
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 20922789888000);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 87178291200);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 479001600);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 3628800);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 40320);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 720);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 24);
        var half = 0.5 * z;
        var one = 1 - half;
        return one + Math.FusedMultiplyAdd(z * z, p, 1 - one - half - (r * low));
    }

    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);
}
