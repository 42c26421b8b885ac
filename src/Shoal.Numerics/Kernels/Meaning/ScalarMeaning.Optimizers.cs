namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>Values of one block of <see cref="SumOfSquares"/>.</summary>
    internal const int SquaresBlock = 4096;

    /// <summary>Chains in one block of <see cref="SumOfSquares"/>: four registers of doubles at 512 bits.</summary>
    internal const int SquaresChains = 32;

    internal static void Sgd(Span<float> weights, ReadOnlySpan<float> gradient, float rate, in WeightUpdate update)
    {
        for (var i = 0; i < weights.Length; i++)
            weights[i] = MathF.FusedMultiplyAdd(-rate, update.Gradient(gradient[i]), update.Weight(weights[i]));
    }

    internal static void Sgd(
        Span<float> weights, ReadOnlySpan<float> gradient, Span<float> velocity, float rate, float momentum, bool nesterov, in WeightUpdate update)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = update.Gradient(gradient[i]);
            velocity[i] = MathF.FusedMultiplyAdd(-rate, g, momentum * velocity[i]);
            var step = nesterov ? MathF.FusedMultiplyAdd(-rate, g, momentum * velocity[i]) : velocity[i];
            weights[i] = update.Weight(weights[i]) + step;
        }
    }

    /// <summary>RMSprop, where toMean is 1 − rho by <see cref="OneMinus"/>; average and momentum may be empty.</summary>
    internal static void RmsProp(
        Span<float> weights, ReadOnlySpan<float> gradient, Span<float> velocity, Span<float> average, Span<float> momentum, float rate, float toMean,
        float decay, float epsilon, in WeightUpdate update)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = update.Gradient(gradient[i]);
            velocity[i] = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(g, g, 0f - velocity[i]), toMean, velocity[i]);
            var variance = velocity[i];
            if (!average.IsEmpty)
            {
                average[i] = MathF.FusedMultiplyAdd(g - average[i], toMean, average[i]);
                variance = MathF.FusedMultiplyAdd(0f - average[i], average[i], variance);
                variance = variance < 0f ? 0f : variance;
            }

            var step = rate * g / MathF.Sqrt(variance + epsilon);
            if (!momentum.IsEmpty)
            {
                momentum[i] = MathF.FusedMultiplyAdd(decay, momentum[i], step);
                step = momentum[i];
            }

            weights[i] = update.Weight(weights[i]) - step;
        }
    }

    /// <summary>Adam, where toFirst is 1 − beta1 and toSecond 1 − beta2, by <see cref="OneMinus"/>; largest may be empty.</summary>
    internal static void Adam(
        Span<float> weights, ReadOnlySpan<float> gradient, Span<float> m, Span<float> v, Span<float> largest, float rate, float toFirst, float toSecond,
        float epsilon, in WeightUpdate update)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = update.Gradient(gradient[i]);
            m[i] = MathF.FusedMultiplyAdd(g - m[i], toFirst, m[i]);
            v[i] = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(g, g, 0f - v[i]), toSecond, v[i]);
            var second = v[i];
            if (!largest.IsEmpty)
            {
                largest[i] = second > largest[i] || float.IsNaN(second) ? second : largest[i];
                second = largest[i];
            }

            weights[i] = MathF.FusedMultiplyAdd(-rate, m[i] / (MathF.Sqrt(second) + epsilon), update.Weight(weights[i]));
        }
    }

    internal static double SumOfSquares(ReadOnlySpan<float> x)
    {
        var blocks = new double[Math.Max(1, (x.Length + SquaresBlock - 1) / SquaresBlock)];
        for (var block = 0; block < blocks.Length; block++)
        {
            var chains = new double[SquaresChains];
            var end = Math.Min(x.Length, (block + 1) * SquaresBlock);
            for (var i = block * SquaresBlock; i < end; i++)
                chains[i % SquaresChains] = Math.FusedMultiplyAdd(x[i], x[i], chains[i % SquaresChains]);
            blocks[block] = Tree(chains);
        }

        return Tree(blocks);
    }

    internal static void MoveTowards(ReadOnlySpan<float> values, float share, Span<float> average)
    {
        for (var i = 0; i < average.Length; i++)
            average[i] = MathF.FusedMultiplyAdd(values[i] - average[i], share, average[i]);
    }

    /// <summary>1 − beta of the decimal number that the float was written as: 0.001 for 0.999, where 1f − 0.999f is 1.3e-5 off.</summary>
    internal static float OneMinus(float beta) => (float)(1m - (decimal)beta);
}
