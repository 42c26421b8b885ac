using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    // Beyond it Φ and the logistic function inside GELU are 0 or 1 and their densities 0, so that an infinite x gives no 0·∞.
    internal const float GeluLimit = 15f;
    internal const float DensityAtZero = 0.398942280f;
    internal const float TwiceRootTwoOverPi = 1.59576912f;
    internal const float GeluCubic = 0.044715f;

    internal static void Activate(ActivationFunction function, float parameter, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++)
            y[i] = Activate(function, parameter, x[i]);
    }

    /// <summary>From y, for both forms of GELU from x.</summary>
    internal static void ActivateGradient(ActivationFunction function, float parameter, ReadOnlySpan<float> value, ReadOnlySpan<float> dy, Span<float> dx)
    {
        for (var i = 0; i < value.Length; i++)
            dx[i] = ActivateGradient(function, parameter, value[i], dy[i]);
    }

    /// <summary>p·(dy − Σ p·dy), the sum one chain over the classes.</summary>
    internal static void SoftmaxGradient(int rows, int classes, ReadOnlySpan<float> p, ReadOnlySpan<float> dy, Span<float> dx)
    {
        for (var first = 0; first < rows * classes; first += classes)
        {
            var sum = 0f;
            for (var i = first; i < first + classes; i++)
                sum = MathF.FusedMultiplyAdd(p[i], dy[i], sum);
            for (var i = first; i < first + classes; i++)
                dx[i] = p[i] * (dy[i] - sum);
        }
    }

    private static float Activate(ActivationFunction function, float parameter, float x)
    {
        switch (function)
        {
            case ActivationFunction.LeakyRelu:
                return x > 0f ? x : parameter * x;
            case ActivationFunction.Elu:
                return x > 0f ? x : parameter * ExpMinusOneKernel<Scalar, float>.Evaluate(x);
            case ActivationFunction.Sigmoid:
                return SingleSigmoidKernel<Scalar, float>.Evaluate(x);
            case ActivationFunction.Tanh:
                return TanhKernel<Scalar, float>.Evaluate(x);
            case ActivationFunction.Softplus:
                return SoftplusKernel<Scalar, float>.Evaluate(x);
            case ActivationFunction.Gelu:
                return AtLeast(x) * SingleNormalKernel<Scalar, float>.Evaluate(x, out _);
            default:
                var bounded = AtLeast(x);
                return bounded * SingleSigmoidKernel<Scalar, float>.Evaluate(GeluInner(bounded));
        }
    }

    private static float ActivateGradient(ActivationFunction function, float parameter, float value, float dy)
    {
        switch (function)
        {
            case ActivationFunction.LeakyRelu:
                return value > 0f ? dy : parameter * dy;
            case ActivationFunction.Elu:
                return value > 0f ? dy : (value + parameter) * dy;
            case ActivationFunction.Sigmoid:
                return MathF.FusedMultiplyAdd(-value, value, value) * dy;
            case ActivationFunction.Tanh:
                return MathF.FusedMultiplyAdd(-value, value, 1f) * dy;
            case ActivationFunction.Softplus:
                // y = log(1 + eˣ), so the logistic function of x is 1 − e^−y.
                return 0f - (ExpMinusOneKernel<Scalar, float>.Evaluate(0f - value) * dy);
            case ActivationFunction.Gelu:
                var (x, normal) = (AtMost(AtLeast(value)), SingleNormalKernel<Scalar, float>.Evaluate(value, out var density));
                return MathF.FusedMultiplyAdd(x * DensityAtZero, density, normal) * dy;
            default:
                // x·s(2u) with s′ = s·(1 − s).
                x = AtMost(AtLeast(value));
                var s = SingleSigmoidKernel<Scalar, float>.Evaluate(GeluInner(x));
                var slope = MathF.FusedMultiplyAdd(x * x, 3f * GeluCubic * TwiceRootTwoOverPi, TwiceRootTwoOverPi);
                return MathF.FusedMultiplyAdd(x * slope, MathF.FusedMultiplyAdd(-s, s, s), s) * dy;
        }
    }

    /// <summary>2·√(2/π)·(x + 0.044715·x³).</summary>
    private static float GeluInner(float x) => TwiceRootTwoOverPi * x * MathF.FusedMultiplyAdd(x * x, GeluCubic, 1f);

    private static float AtLeast(float x) => x < -GeluLimit ? -GeluLimit : x;

    private static float AtMost(float x) => x > GeluLimit ? GeluLimit : x;
}
