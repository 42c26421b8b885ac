using System.Runtime.CompilerServices;
using Shoal.Numerics.Functions;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics;

/// <summary>
/// exp, log, erf, the normal distribution and their kin of our own: the same bits on every machine, at every vector width, in spans of any length.
/// </summary>
/// <remarks>
/// Only additions, multiplications, divisions, fused multiply-adds and moves of bits, in a fixed order. Errors are stated in units of the last place (ulp)
/// of the result: the largest seen over the samples of the tests, rounded up; not proved. A NaN stays NaN. Thread-safe.
/// The span forms compute as many values at a time as the machine's vectors hold, with the bits of the single form.
/// </remarks>
public static partial class SpecialFunctions
{
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

    private static void Map<TFunction>(ReadOnlySpan<double> x, Span<double> destination, [CallerMemberName] string name = "")
        where TFunction : struct, IFunctionOfDouble
    {
        if (destination.Length != x.Length)
            throw new ArgumentException($"SpecialFunctions.{name}: destination has {destination.Length} values, expected {x.Length} as in x.", nameof(destination));
        if (x.Overlaps(destination, out var offset) && offset != 0)
            throw new ArgumentException($"SpecialFunctions.{name}: destination overlaps x {offset} values further on. It must be the same span or lie apart.", nameof(destination));
        SpanFunction<TFunction>.Run(x, destination);
    }
}
