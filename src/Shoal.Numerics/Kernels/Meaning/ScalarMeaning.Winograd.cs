namespace Shoal.Numerics.Kernels.Meaning;

internal static unsafe partial class ScalarMeaning
{
    /// <summary>
    /// A convolution of x, which lies <paramref name="top"/> rows and <paramref name="left"/> columns within zeros, by tiles of 2×2 outputs from patches of
    /// 4×4 values: v = Bᵀ·d·B, first down the columns, then along the rows; for each of the 16 points one chain over the channels; y = Aᵀ·m·A, first down,
    /// then along, its sums from left to right.
    /// </summary>
    private static void WinogradConvolution(
        ReadOnlySpan<float> x, (int Batch, int Height, int Width, int Channels) input, int top, int left, Func<int, int, float[]> kernel,
        (int Height, int Width, int Filters) output, Func<float, int, float> finish, Span<float> y)
    {
        var (patch, points) = (new float[16], new float[16 * input.Channels]);
        var products = new float[16];
        for (var tile = 0; tile < input.Batch * Half(output.Height) * Half(output.Width); tile++)
        {
            var (image, row, column) = TileAt(tile, output.Height, output.Width);
            for (var c = 0; c < input.Channels; c++)
            {
                for (var i = 0; i < 16; i++)
                    patch[i] = At(x, input, image, row + (i / 4) - top, column + (i % 4) - left, c);
                PatchPoints(patch, points.AsSpan(c * 16));
            }

            for (var f = 0; f < output.Filters; f++)
            {
                for (var p = 0; p < 16; p++)
                {
                    var sum = 0f;
                    for (var c = 0; c < input.Channels; c++)
                        sum = MathF.FusedMultiplyAdd(points[(c * 16) + p], kernel(c, f)[p], sum);
                    products[p] = sum;
                }

                for (var at = 0; at < 4; at++)
                {
                    var (h, w) = (row + (at / 2), column + (at % 2));
                    if (h < output.Height && w < output.Width)
                        y[(((((image * output.Height) + h) * output.Width) + w) * output.Filters) + f] = finish(TileOutput(products, at), f);
                }
            }
        }
    }

    private static void WinogradForward(
        Conv2DShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> kernel, float[] bias, float[] scale, float[] shift, bool relu, Span<float> y)
    {
        var points = KernelPoints(s, kernel, turned: false);
        WinogradConvolution(
            x, (s.Batch, s.Height, s.Width, s.Channels), s.PadTop, s.PadLeft, (c, f) => points[(c * s.Filters) + f],
            (s.OutputHeight, s.OutputWidth, s.Filters), (sum, f) => Finish(sum, f, bias, scale, shift, relu), y);
    }

    private static void WinogradInputGradient(Conv2DShape s, ReadOnlySpan<float> dy, ReadOnlySpan<float> kernel, Span<float> dx)
    {
        var points = KernelPoints(s, kernel, turned: true);
        WinogradConvolution(
            dy, (s.Batch, s.OutputHeight, s.OutputWidth, s.Filters), 2 - s.PadTop, 2 - s.PadLeft, (f, c) => points[(c * s.Filters) + f],
            (s.Height, s.Width, s.Channels), (sum, _) => sum, dx);
    }

    private static int Half(int count) => (count + 1) / 2;

    private static (int Image, int Row, int Column) TileAt(int tile, int height, int width) =>
        (tile / Half(width) / Half(height), tile / Half(width) % Half(height) * 2, tile % Half(width) * 2);

    private static float At(ReadOnlySpan<float> x, (int Batch, int Height, int Width, int Channels) s, int image, int h, int w, int c) =>
        h < 0 || h >= s.Height || w < 0 || w >= s.Width ? 0f : x[(((((image * s.Height) + h) * s.Width) + w) * s.Channels) + c];

    private static float[][] KernelPoints(Conv2DShape s, ReadOnlySpan<float> kernel, bool turned)
    {
        var points = new float[s.Channels * s.Filters][];
        fixed (float* taps = kernel)
        {
            for (var i = 0; i < points.Length; i++)
            {
                points[i] = new float[16];
                fixed (float* u = points[i])
                    Winograd.Kernel(taps + i, points.Length, turned, u, 1);
            }
        }

        return points;
    }

    /// <summary>Bᵀ·d·B.</summary>
    private static void PatchPoints(ReadOnlySpan<float> d, Span<float> v)
    {
        Span<float> down = stackalloc float[16];
        for (var j = 0; j < 4; j++)
        {
            down[j] = d[j] - d[8 + j];
            down[4 + j] = d[4 + j] + d[8 + j];
            down[8 + j] = d[8 + j] - d[4 + j];
            down[12 + j] = d[4 + j] - d[12 + j];
        }

        for (var i = 0; i < 16; i += 4)
        {
            v[i] = down[i] - down[i + 2];
            v[i + 1] = down[i + 1] + down[i + 2];
            v[i + 2] = down[i + 2] - down[i + 1];
            v[i + 3] = down[i + 1] - down[i + 3];
        }
    }

    /// <summary>One of the four outputs of Aᵀ·m·A.</summary>
    private static float TileOutput(ReadOnlySpan<float> m, int at)
    {
        Span<float> down = stackalloc float[4];
        for (var j = 0; j < 4; j++)
            down[j] = at < 2 ? m[j] + m[4 + j] + m[8 + j] : m[4 + j] - m[8 + j] - m[12 + j];
        return at % 2 == 0 ? down[0] + down[1] + down[2] : down[1] - down[2] - down[3];
    }
}
