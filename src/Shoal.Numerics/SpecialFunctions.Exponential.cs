using Shoal.Numerics.Functions;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

public static partial class SpecialFunctions
{
    /// <summary>e to the power <paramref name="x"/>; at most 1 ulp off, denormals too; +∞ from 709.783 on, 0 below −745.14.</summary>
    public static double Exp(double x) => ExponentialKernel<ScalarDouble, double>.Exp(x);

    /// <summary>e to the power of each value, with the bits of <see cref="Exp(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Exp(ReadOnlySpan<double> x, Span<double> destination) => Map<ExpFunction>(x, destination);

    /// <summary>exp(x) − 1 without loss for small <paramref name="x"/>; at most 1.2 ulp off.</summary>
    public static double Expm1(double x) => ExponentialKernel<ScalarDouble, double>.Expm1(x);

    /// <summary>exp(x) − 1 of each value, with the bits of <see cref="Expm1(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Expm1(ReadOnlySpan<double> x, Span<double> destination) => Map<Expm1Function>(x, destination);

    /// <summary>The natural logarithm; at most 0.8 ulp off; NaN below 0, −∞ at 0.</summary>
    public static double Log(double x) => ExponentialKernel<ScalarDouble, double>.Log(x);

    /// <summary>The natural logarithm of each value, with the bits of <see cref="Log(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Log(ReadOnlySpan<double> x, Span<double> destination) => Map<LogFunction>(x, destination);

    /// <summary>log(1 + x) without loss for small <paramref name="x"/>; at most 0.8 ulp off; NaN below −1, −∞ at −1.</summary>
    public static double Log1p(double x) => ExponentialKernel<ScalarDouble, double>.Log1p(x);

    /// <summary>log(1 + x) of each value, with the bits of <see cref="Log1p(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Log1p(ReadOnlySpan<double> x, Span<double> destination) => Map<Log1pFunction>(x, destination);
}
