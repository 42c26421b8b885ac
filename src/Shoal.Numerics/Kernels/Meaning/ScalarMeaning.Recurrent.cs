using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    private static float Gate(float x) => SingleSigmoidKernel<Scalar, float>.Evaluate(x);

    private static float GateTanh(float x) => TanhKernel<Scalar, float>.Evaluate(x);

    private static bool Counts(ReadOnlySpan<float> mask, int at) => mask.IsEmpty || mask[at] != 0f;

    /// <summary>The chains of the gates go on over the state: gates += h·weights, with a row of weights (stride) long.</summary>
    private static void AddProduct(ReadOnlySpan<float> h, ReadOnlySpan<float> weights, int stride, Span<float> gates)
    {
        for (var g = 0; g < gates.Length; g++)
        {
            for (var k = 0; k < h.Length; k++)
                gates[g] = MathF.FusedMultiplyAdd(h[k], weights[(k * stride) + g], gates[g]);
        }
    }

    /// <summary>dh += gates·weightsᵀ over the columns from <paramref name="first"/> on, a chain over the gates.</summary>
    private static void AddTransposed(ReadOnlySpan<float> gates, ReadOnlySpan<float> weights, int stride, int first, Span<float> dh)
    {
        for (var k = 0; k < dh.Length; k++)
        {
            for (var g = 0; g < gates.Length; g++)
                dh[k] = MathF.FusedMultiplyAdd(gates[g], weights[(k * stride) + first + g], dh[k]);
        }
    }

    private static void Give(RecurrentShape s, int row, int step, ReadOnlySpan<float> h, Span<float> y)
    {
        if (s.Sequences)
            h.CopyTo(y[(((row * s.Steps) + step) * s.Units)..]);
        else if (step == s.Steps - 1)
            h.CopyTo(y[(row * s.Units)..]);
    }

    private static void Take(RecurrentShape s, int row, int step, ReadOnlySpan<float> dy, Span<float> dh)
    {
        if (!s.Sequences && step < s.Steps - 1)
            return;
        var first = s.Sequences ? ((row * s.Steps) + step) * s.Units : row * s.Units;
        for (var j = 0; j < s.Units; j++)
            dh[j] += dy[first + j];
    }

    /// <summary>From the gradients of the gates by x: kernel, bias and x.</summary>
    private static void SequenceGradients(
        RecurrentShape s, int count, ReadOnlySpan<float> x, ReadOnlySpan<float> kernel, ReadOnlySpan<float> gates, Span<float> dKernel, Span<float> dBias,
        Span<float> dx)
    {
        var width = count * s.Units;
        Conv2DWeightGradient(new Conv2DShape(s.Rows, 1, s.Steps, s.Inputs, 1, 1, width, 1, 1, false), x, gates, dKernel, dBias);
        if (!dx.IsEmpty)
            DenseInputGradient(new DenseShape(s.Rows * s.Steps, s.Inputs, width), gates, kernel, dx);
    }

    /// <summary>From the gradients of the gates by the state: the recurrent kernel and its bias.</summary>
    private static void StateGradient(
        RecurrentShape s, int width, ReadOnlySpan<float> states, ReadOnlySpan<float> gates, Span<float> dRecurrent, Span<float> dBias) =>
        Conv2DWeightGradient(new Conv2DShape(s.Rows, 1, s.Steps, s.Units, 1, 1, width, 1, 1, false), states, gates, dRecurrent, dBias);
}
