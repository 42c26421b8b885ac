namespace Shoal.Numerics.Kernels.Meaning;

internal static unsafe partial class ScalarMeaning
{
    /// <summary>
    /// In each shard, for each of the 16 points, one chain over (image, row of tiles, tile) of the patch's point times the point of A·dy·Aᵀ, which is taken
    /// first down, then along; then the tree; then Gᵀ·u·G in double.
    /// </summary>
    private static void WinogradWeightGradient(Conv2DShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dKernel)
    {
        var input = (s.Batch, s.Height, s.Width, s.Channels);
        var output = (s.Batch, s.OutputHeight, s.OutputWidth, s.Filters);
        var tiles = s.Batch * Half(s.OutputHeight) * Half(s.OutputWidth);
        var (points, gradients) = (new float[tiles * s.Channels * 16], new float[tiles * s.Filters * 16]);
        var patch = new float[16];
        for (var tile = 0; tile < tiles; tile++)
        {
            var (image, row, column) = TileAt(tile, s.OutputHeight, s.OutputWidth);
            for (var c = 0; c < s.Channels; c++)
            {
                for (var i = 0; i < 16; i++)
                    patch[i] = At(x, input, image, row + (i / 4) - s.PadTop, column + (i % 4) - s.PadLeft, c);
                PatchPoints(patch, points.AsSpan(((tile * s.Channels) + c) * 16));
            }

            for (var f = 0; f < s.Filters; f++)
            {
                for (var i = 0; i < 4; i++)
                    patch[i] = At(dy, output, image, row + (i / 2), column + (i % 2), f);
                GradientPoints(patch, gradients.AsSpan(((tile * s.Filters) + f) * 16));
            }
        }

        var perImage = Half(s.OutputHeight) * Half(s.OutputWidth);
        Span<float> partial = new float[Shards(s.Batch)];
        var sums = stackalloc float[16];
        fixed (float* taps = dKernel)
        {
            for (var at = 0; at < s.Channels * s.Filters; at++)
            {
                for (var p = 0; p < 16; p++)
                {
                    partial.Clear();
                    for (var tile = 0; tile < tiles; tile++)
                    {
                        ref var sum = ref partial[tile / perImage / IKernels.ShardRows];
                        sum = MathF.FusedMultiplyAdd(
                            points[(((tile * s.Channels) + (at / s.Filters)) * 16) + p], gradients[(((tile * s.Filters) + (at % s.Filters)) * 16) + p], sum);
                    }

                    sums[p] = Tree(partial);
                }

                Winograd.KernelGradient(sums, 1, taps + at, s.Channels * s.Filters);
            }
        }
    }

    /// <summary>A·e·Aᵀ of four gradients.</summary>
    private static void GradientPoints(ReadOnlySpan<float> e, Span<float> v)
    {
        Span<float> down = [e[0], e[1], e[0] + e[2], e[1] + e[3], e[0] - e[2], e[1] - e[3], 0f - e[2], 0f - e[3]];
        for (var i = 0; i < 4; i++)
        {
            var (a, b) = (down[2 * i], down[(2 * i) + 1]);
            (v[4 * i], v[(4 * i) + 1], v[(4 * i) + 2], v[(4 * i) + 3]) = (a, a + b, a - b, 0f - b);
        }
    }
}
