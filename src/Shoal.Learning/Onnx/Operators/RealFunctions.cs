using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Functions of one real number that <see cref="SpecialFunctions"/> lacks, of the same making: no call of the platform's.</summary>
internal static class RealFunctions
{
    private const double TwoOverRootPi = 1.1283791670955126;
    private const double OneOverRootPi = 0.56418958354775629;
    private const int MostExactPower = 1024;

    /// <summary>
    /// The error function, below 3 by erf x = 2/√π·exp(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, whose terms all have one sign, above by the continued fraction of erfc
    /// (Abramowitz and Stegun 7.1.6 and 7.1.14).
    /// </summary>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (!(a < 6))
            return double.IsNaN(x) ? x : Math.CopySign(1, x);
        if (a >= 3)
        {
            var d = a;
            for (var k = 60; k >= 1; k--)
                d = a + (k * 0.5 / d);
            return Math.CopySign(1 - (OneOverRootPi * SpecialFunctions.Exp(-a * a) / d), x);
        }

        var (term, sum, square) = (a, a, 2 * a * a);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= square / ((2 * n) + 1);
            sum += term;
        }

        return Math.CopySign(TwoOverRootPi * SpecialFunctions.Exp(-a * a) * sum, x);
    }

    /// <summary>x to the power y: by squaring for small whole y, else exp(y·log x), whose relative error grows with |y·log x|.</summary>
    public static double Power(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;
        if (y == 0.5 && !double.IsInfinity(x))
            return Math.Sqrt(x + 0.0);
        var whole = Math.Floor(y) == y;
        if (whole && Math.Abs(y) <= MostExactPower)
            return y > 0 ? Squaring(x, (int)y) : 1 / Squaring(x, (int)-y);
        if (x < 0 && !whole && !double.IsInfinity(y))
            return double.IsNegativeInfinity(x) ? (y < 0 ? 0 : double.PositiveInfinity) : double.NaN;
        var size = Math.Abs(x);
        var power = size == 1 ? 1 : SpecialFunctions.Exp(y * SpecialFunctions.Log(size));
        return x < 0 && whole && Math.Floor(y / 2) * 2 != y ? -power : power;
    }

    public static double Sigmoid(double x)
    {
        var e = SpecialFunctions.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + e) : double.IsNaN(x) ? x : e / (1 + e);
    }

    /// <summary>log(1 + exp x); for large |x| the exponential alone.</summary>
    public static double Softplus(double x)
    {
        if (x > 40)
            return x;
        var e = SpecialFunctions.Exp(x);
        // log(1+e)·e/((1+e)−1) keeps the digits that 1+e rounds away (Kahan).
        var one = 1 + e;
        return one == 1 ? e : SpecialFunctions.Log(one) * (e / (one - 1));
    }

    /// <summary>exp(x) − 1; near 0 by (exp x − 1)·x/log(exp x) (Kahan).</summary>
    public static double ExpMinusOne(double x)
    {
        var e = SpecialFunctions.Exp(x);
        if (e == 1)
            return x;
        var less = e - 1;
        return less == -1 || double.IsInfinity(e) || double.IsNaN(e) ? less : less * (x / SpecialFunctions.Log(e));
    }

    private static double Squaring(double x, int power)
    {
        var result = 1.0;
        for (; power > 0; power >>= 1)
        {
            if ((power & 1) != 0)
                result *= x;
            x *= x;
        }

        return result;
    }
}
