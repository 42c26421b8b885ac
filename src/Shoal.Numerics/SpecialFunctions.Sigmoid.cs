using Shoal.Numerics.Functions;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

public static partial class SpecialFunctions
{
    /// <summary>The hyperbolic tangent; at most 1.3 ulp off.</summary>
    public static double Tanh(double x) => SigmoidKernel<ScalarDouble, double>.Tanh(x);

    /// <summary>The hyperbolic tangent of each value, with the bits of <see cref="Tanh(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Tanh(ReadOnlySpan<double> x, Span<double> destination) => Map<TanhFunction>(x, destination);

    /// <summary>The logistic sigmoid, 1/(1 + exp −x); at most 2 ulp off, also where it is tiny.</summary>
    public static double Sigmoid(double x) => SigmoidKernel<ScalarDouble, double>.Sigmoid(x);

    /// <summary>The logistic sigmoid of each value, with the bits of <see cref="Sigmoid(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Sigmoid(ReadOnlySpan<double> x, Span<double> destination) => Map<SigmoidFunction>(x, destination);

    /// <summary>log(1 + exp x); at most 1.5 ulp off.</summary>
    public static double Softplus(double x) => SigmoidKernel<ScalarDouble, double>.Softplus(x);

    /// <summary>log(1 + exp x) of each value, with the bits of <see cref="Softplus(double)"/>.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the same span, or one apart from it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap in part.</exception>
    public static void Softplus(ReadOnlySpan<double> x, Span<double> destination) => Map<SoftplusFunction>(x, destination);
}
