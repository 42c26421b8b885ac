using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>Chains of a row; channel c belongs to chain c mod 16.</summary>
    internal const int RowChains = 16;

    /// <summary>x̂ = (x − mean)·rstd, y = fma(x̂, gamma, beta), with mean and rstd of the row.</summary>
    internal static void LayerNormForward(
        ChannelShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> y)
    {
        for (var first = 0; first < s.Length; first += s.Channels)
        {
            var (mean, deviation) = RowMoments(x.Slice(first, s.Channels), epsilon);
            for (var c = 0; c < s.Channels; c++)
                y[first + c] = MathF.FusedMultiplyAdd((x[first + c] - mean) * deviation, gamma[c], beta[c]);
        }
    }

    /// <summary>
    /// dgamma and dbeta: in each shard chains over (row, position), fma(dy, x̂, sum) and plain additions, then the tree. dx: Σ g and Σ g·x̂ over
    /// the channels by <see cref="RowSums"/>, with g = gamma·dy as floats; then fma(x̂, third, fma(g, rstd, second)) in float with
    /// second = −rstd·Σg/n and third = −rstd·Σg·x̂/n.
    /// </summary>
    internal static void LayerNormGradient(
        ChannelShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> gamma, float epsilon, Span<float> dGamma,
        Span<float> dBeta, Span<float> dx)
    {
        var shards = Shards(s.Batch);
        var (products, sums) = (new float[s.Channels, shards], new float[s.Channels, shards]);
        for (var row = 0; row < s.Batch * s.Positions; row++)
        {
            var (first, shard) = (row * s.Channels, row / s.Positions / IKernels.ShardRows);
            var (mean, deviation) = RowMoments(x.Slice(first, s.Channels), epsilon);
            var (g, normal) = (new float[s.Channels], new float[s.Channels]);
            for (var c = 0; c < s.Channels; c++)
            {
                (g[c], normal[c]) = (gamma[c] * dy[first + c], (x[first + c] - mean) * deviation);
                products[c, shard] = MathF.FusedMultiplyAdd(dy[first + c], normal[c], products[c, shard]);
                sums[c, shard] += dy[first + c];
            }

            var (sum, product) = RowSums(g, normal);
            var (second, third) = RowFactors(sum, product, deviation, s.Channels);
            for (var c = 0; c < s.Channels; c++)
                dx[first + c] = MathF.FusedMultiplyAdd(normal[c], third, MathF.FusedMultiplyAdd(g[c], deviation, second));
        }

        for (var c = 0; c < s.Channels; c++)
        {
            var (product, sum) = (new float[shards], new float[shards]);
            for (var shard = 0; shard < shards; shard++)
                (product[shard], sum[shard]) = (products[c, shard], sums[c, shard]);
            (dGamma[c], dBeta[c]) = (Tree(product), Tree(sum));
        }
    }

    /// <summary>Σa and Σa·b over a row, in double: 16 chains, then the tree over them.</summary>
    internal static (double Sum, double Product) RowSums(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (sums, products) = (new double[RowChains], new double[RowChains]);
        for (var c = 0; c < a.Length; c++)
        {
            sums[c % RowChains] += a[c];
            products[c % RowChains] = Math.FusedMultiplyAdd(a[c], b[c], products[c % RowChains]);
        }

        return (Tree(sums), Tree(products));
    }

    /// <summary>From Σx and Σx² in double: variance = max(Σx²/n − mean², 0), rstd = 1/sqrt(variance + epsilon); rounded to float at the end.</summary>
    private static (float Mean, float Deviation) RowMoments(ReadOnlySpan<float> x, float epsilon)
    {
        var (sum, squares) = RowSums(x, x);
        return RowMoments(sum, squares, x.Length, epsilon);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (float Mean, float Deviation) RowMoments(double sum, double squares, int count, float epsilon)
    {
        var mean = sum / count;
        var variance = Math.FusedMultiplyAdd(-mean, mean, squares / count);
        return ((float)mean, (float)(1 / Math.Sqrt((variance < 0 ? 0 : variance) + epsilon)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (float Second, float Third) RowFactors(double sum, double product, float deviation, int count)
        => ((float)(-deviation * sum / count), (float)(-deviation * product / count));
}
