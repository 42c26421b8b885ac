using Shoal.Numerics.Functions;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

public static partial class SpecialFunctions
{
    /// <summary>The error function, 2/√π·∫₀ˣ exp(−t²) dt; at most 1.2 ulp off.</summary>
    public static double Erf(double x) => ErrorKernel<ScalarDouble, double>.Erf(x);

    /// <summary>The error function of each value, with the bits of <see cref="Erf(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Erf(ReadOnlySpan<double> x, Span<double> destination) => Map<ErfFunction>(x, destination);

    /// <summary>1 − erf x without loss for large <paramref name="x"/>; at most 2 ulp off; denormal from 26.55 on, 0 above 27.23.</summary>
    public static double Erfc(double x) => ErrorKernel<ScalarDouble, double>.Erfc(x);

    /// <summary>1 − erf x of each value, with the bits of <see cref="Erfc(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Erfc(ReadOnlySpan<double> x, Span<double> destination) => Map<ErfcFunction>(x, destination);

    /// <summary>exp(x²)·erfc x; at most 2.1 ulp off; about 1/(x·√π) for large <paramref name="x"/>, +∞ below −26.63.</summary>
    public static double Erfcx(double x) => ErrorKernel<ScalarDouble, double>.Erfcx(x);

    /// <summary>exp(x²)·erfc x of each value, with the bits of <see cref="Erfcx(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Erfcx(ReadOnlySpan<double> x, Span<double> destination) => Map<ErfcxFunction>(x, destination);
}
