namespace Shoal.Numerics;

public static partial class SpecialFunctions
{
    // pi/2 in three parts of 33, 33 and 53 bits.
    private const double HalfPi1 = 1.5707963267341256;
    private const double HalfPi2 = 6.077100506303966e-11;
    private const double HalfPi3 = 2.0222662487959506e-21;
    private const double LargestAngle = 1 << 20;

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
}
