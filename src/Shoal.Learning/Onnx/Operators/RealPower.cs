using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>The power of real numbers, made of <see cref="SpecialFunctions"/>: no call of the platform's.</summary>
internal static class RealPower
{
    private const int MostExactPower = 1024;

    /// <summary>x to the power y: by squaring for small whole y, else exp(y·log x), whose relative error grows with |y·log x|.</summary>
    public static double Of(double x, double y)
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
