using Shoal.Numerics;

namespace Shoal.Learning;

/// <summary>Powers of our own: the same bits on every machine, and a function of their arguments alone, so that a resumed training meets them again.</summary>
internal static class Powers
{
    /// <summary>x to a whole power, by squaring.</summary>
    public static double Whole(double x, long power)
    {
        var result = 1.0;
        for (; power > 0; power >>= 1, x *= x)
        {
            if ((power & 1) == 1)
                result *= x;
        }

        return result;
    }

    /// <summary>x ≥ 0 to any power, exp(power·log x); 0 to a positive power is 0.</summary>
    public static double Real(double x, double power) =>
        power == 0 ? 1 : x == 0 ? 0 : SpecialFunctions.Exp(power * SpecialFunctions.Log(x));
}
