namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>
    /// In double: per shard Σx and Σx² (the square is exact in double) as chains over (row, position), then the tree;
    /// variance = max(Σx²/N − mean², 0). Rounded to float at the end.
    /// </summary>
    internal static void BatchNormStatistics(ChannelShape s, ReadOnlySpan<float> x, Span<float> mean, Span<float> variance)
    {
        Span<double> sums = new double[Shards(s.Batch)];
        Span<double> squares = new double[Shards(s.Batch)];
        for (var c = 0; c < s.Channels; c++)
        {
            sums.Clear();
            squares.Clear();
            for (var row = 0; row < s.Batch * s.Positions; row++)
            {
                var shard = row / s.Positions / IKernels.ShardRows;
                double value = x[(row * s.Channels) + c];
                sums[shard] += value;
                squares[shard] = Math.FusedMultiplyAdd(value, value, squares[shard]);
            }

            (mean[c], variance[c]) = Moments(Tree(sums), Tree(squares), (double)s.Batch * s.Positions);
        }
    }

    /// <summary>Mean and biased variance from the sums.</summary>
    internal static (float Mean, float Variance) Moments(double sum, double squares, double count)
    {
        var mean = sum / count;
        var variance = Math.FusedMultiplyAdd(-mean, mean, squares / count);
        return ((float)mean, (float)(variance < 0 ? 0 : variance));
    }

    /// <summary>y = fma(x − mean, scale, beta) with scale = gamma/sqrt(variance + epsilon), computed in double and rounded once.</summary>
    internal static void BatchNormForward(
        ChannelShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta, float epsilon, Span<float> y)
    {
        for (var i = 0; i < s.Length; i++)
        {
            var c = i % s.Channels;
            y[i] = MathF.FusedMultiplyAdd(x[i] - mean[c], (float)(gamma[c] * ReciprocalDeviation(variance[c], epsilon)), beta[c]);
        }
    }

    internal static double ReciprocalDeviation(float variance, float epsilon) => 1 / Math.Sqrt((double)variance + epsilon);

    /// <summary>
    /// In double: per shard Σdy and Σdy·(x−mean) as chains over (row, position), then the tree; dgamma = rstd·Σdy·(x−mean), dbeta = Σdy.
    /// dx = fma(x − mean, third, fma(dy, first, second)) in float, with the three factors of <see cref="GradientFactors"/>.
    /// </summary>
    internal static void BatchNormGradient(
        ChannelShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        ReadOnlySpan<float> gamma, float epsilon, Span<float> dGamma, Span<float> dBeta, Span<float> dx)
    {
        Span<double> sums = new double[Shards(s.Batch)];
        Span<double> products = new double[Shards(s.Batch)];
        for (var c = 0; c < s.Channels; c++)
        {
            sums.Clear();
            products.Clear();
            for (var row = 0; row < s.Batch * s.Positions; row++)
            {
                var shard = row / s.Positions / IKernels.ShardRows;
                var at = (row * s.Channels) + c;
                sums[shard] += dy[at];
                products[shard] = Math.FusedMultiplyAdd(dy[at], (double)x[at] - mean[c], products[shard]);
            }

            var (sum, product) = (Tree(sums), Tree(products));
            var deviation = ReciprocalDeviation(variance[c], epsilon);
            (dGamma[c], dBeta[c]) = ((float)(product * deviation), (float)sum);
            var (first, second, third) = GradientFactors(sum, product, gamma[c], deviation, (double)s.Batch * s.Positions);
            for (var row = 0; row < s.Batch * s.Positions; row++)
            {
                var at = (row * s.Channels) + c;
                dx[at] = MathF.FusedMultiplyAdd(x[at] - mean[c], third, MathF.FusedMultiplyAdd(dy[at], first, second));
            }
        }
    }

    /// <summary>The factors of dy, 1 and (x − mean) in gamma·rstd/N·(N·dy − dbeta − x̂·dgamma).</summary>
    internal static (float First, float Second, float Third) GradientFactors(double sum, double product, float gamma, double deviation, double count)
    {
        var scale = gamma * deviation;
        return ((float)scale, (float)(-scale * sum / count), (float)(-scale * deviation * deviation * product / count));
    }
}
