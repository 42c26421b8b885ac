namespace Shoal.Learning;

/// <summary>Sine and cosine with the same bits on every machine.</summary>
internal static class Trigonometry
{
    private const double RadiansPerDegree = Math.PI / 180;

    // Taylor's series of sin(x)/x and cos(x) in x², highest power first. For |x| up to π/4 what is left out is below 1e-17.
    private static readonly double[] Sine =
    [
        -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1,
    ];

    private static readonly double[] Cosine =
    [
        1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -1.0 / 2, 1,
    ];

    /// <summary>Sine and cosine of an angle in degrees; the error is below 2e-16.</summary>
    /// <remarks>In degrees the angle can be reduced to ±45 without rounding.</remarks>
    public static (double Sin, double Cos) SinCosDegrees(double degrees)
    {
        var quarters = Math.Round(degrees / 90);
        var x = Math.FusedMultiplyAdd(-90, quarters, degrees) * RadiansPerDegree;
        var square = x * x;
        var (sin, cos) = (x * Horner(Sine, square), Horner(Cosine, square));
        return ((long)quarters & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    private static double Horner(double[] coefficients, double x)
    {
        var sum = coefficients[0];
        for (var i = 1; i < coefficients.Length; i++)
            sum = Math.FusedMultiplyAdd(sum, x, coefficients[i]);
        return sum;
    }
}
