using Shoal.Numerics.Functions;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

public static partial class SpecialFunctions
{
    /// <summary>The density of the standard normal distribution, exp(−x²/2)/√(2π); at most 2.1 ulp off.</summary>
    public static double NormalPdf(double x) => NormalKernel<ScalarDouble, double>.Pdf(x);

    /// <summary>The standard normal density of each value, with the bits of <see cref="NormalPdf(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void NormalPdf(ReadOnlySpan<double> x, Span<double> destination) => Map<NormalPdfFunction>(x, destination);

    /// <summary>The distribution function Φ of the standard normal distribution; at most 2.8 ulp off, also far in the lower tail.</summary>
    public static double NormalCdf(double x) => NormalKernel<ScalarDouble, double>.Cdf(x);

    /// <summary>The standard normal distribution function of each value, with the bits of <see cref="NormalCdf(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void NormalCdf(ReadOnlySpan<double> x, Span<double> destination) => Map<NormalCdfFunction>(x, destination);

    /// <summary>log Φ(x), also where Φ underflows or is nearly 1; at most 3 ulp off.</summary>
    public static double NormalLogCdf(double x) => NormalKernel<ScalarDouble, double>.LogCdf(x);

    /// <summary>log Φ of each value, with the bits of <see cref="NormalLogCdf(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void NormalLogCdf(ReadOnlySpan<double> x, Span<double> destination) => Map<NormalLogCdfFunction>(x, destination);
}
