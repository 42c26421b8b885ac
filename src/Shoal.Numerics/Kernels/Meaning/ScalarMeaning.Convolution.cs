namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>One chain over (kernel row, kernel column, channel); kernel rows above or below the image are left out, columns beside it take part as zeros.</summary>
    internal static void Conv2DForward(
        Conv2DShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift, bool relu, Span<float> y)
    {
        if (Winograd.Serves(s))
        {
            WinogradForward(s, x, kernel, bias.ToArray(), scale.ToArray(), shift.ToArray(), relu, y);
            return;
        }

        for (var at = 0; at < s.Batch * s.OutputHeight * s.OutputWidth; at++)
        {
            var (image, row, column) = (at / s.OutputWidth / s.OutputHeight, at / s.OutputWidth % s.OutputHeight, at % s.OutputWidth);
            for (var f = 0; f < s.Filters; f++)
            {
                var sum = 0f;
                for (var kh = 0; kh < s.KernelHeight; kh++)
                {
                    var h = (row * s.StrideHeight) + kh - s.PadTop;
                    for (var kw = 0; kw < s.KernelWidth && h >= 0 && h < s.Height; kw++)
                    {
                        var w = (column * s.StrideWidth) + kw - s.PadLeft;
                        for (var c = 0; c < s.Channels; c++)
                        {
                            var value = w < 0 || w >= s.Width ? 0f : x[(((((image * s.Height) + h) * s.Width) + w) * s.Channels) + c];
                            sum = MathF.FusedMultiplyAdd(value, kernel[(((((kh * s.KernelWidth) + kw) * s.Channels) + c) * s.Filters) + f], sum);
                        }
                    }
                }

                y[(at * s.Filters) + f] = Finish(sum, f, bias, scale, shift, relu);
            }
        }
    }

    /// <summary>
    /// One chain over (kernel row, kernel column, filter), kernel rows and columns from the last to the first, which walks dy forwards.
    /// Kernel rows that meet no row of dy are left out; columns that meet none take part as zeros.
    /// </summary>
    internal static void Conv2DInputGradient(Conv2DShape s, ReadOnlySpan<float> dy, ReadOnlySpan<float> kernel, Span<float> dx)
    {
        if (Winograd.Serves(s))
        {
            WinogradInputGradient(s, dy, kernel, dx);
            return;
        }

        for (var at = 0; at < s.Batch * s.Height * s.Width; at++)
        {
            var (image, h, w) = (at / s.Width / s.Height, at / s.Width % s.Height, at % s.Width);
            for (var c = 0; c < s.Channels; c++)
            {
                var sum = 0f;
                for (var kh = s.KernelHeight - 1; kh >= 0; kh--)
                {
                    var (top, row) = (h + s.PadTop - kh, (h + s.PadTop - kh) / s.StrideHeight);
                    if (top < 0 || top % s.StrideHeight != 0 || row >= s.OutputHeight)
                        continue;
                    for (var kw = s.KernelWidth - 1; kw >= 0; kw--)
                    {
                        var (left, column) = (w + s.PadLeft - kw, (w + s.PadLeft - kw) / s.StrideWidth);
                        var meets = left >= 0 && left % s.StrideWidth == 0 && column < s.OutputWidth;
                        for (var f = 0; f < s.Filters; f++)
                        {
                            var value = meets ? dy[(((((image * s.OutputHeight) + row) * s.OutputWidth) + column) * s.Filters) + f] : 0f;
                            sum = MathF.FusedMultiplyAdd(value, kernel[(((((kh * s.KernelWidth) + kw) * s.Channels) + c) * s.Filters) + f], sum);
                        }
                    }
                }

                dx[(at * s.Channels) + c] = sum;
            }
        }
    }

    /// <summary>In each shard one chain over (image, output row, output column), padding as zeros; then the tree.</summary>
    internal static void Conv2DWeightGradient(Conv2DShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dKernel, Span<float> dBias)
    {
        Span<float> partial = new float[Shards(s.Batch)];
        var winograd = Winograd.Serves(s);
        if (winograd)
            WinogradWeightGradient(s, x, dy, dKernel);
        for (var at = 0; at < s.KernelHeight * s.KernelWidth * s.Channels && !winograd; at++)
        {
            var (kh, kw, c) = (at / s.Channels / s.KernelWidth, at / s.Channels % s.KernelWidth, at % s.Channels);
            for (var f = 0; f < s.Filters; f++)
            {
                partial.Clear();
                for (var pixel = 0; pixel < s.Batch * s.OutputHeight * s.OutputWidth; pixel++)
                {
                    var (image, row, column) = (pixel / s.OutputWidth / s.OutputHeight, pixel / s.OutputWidth % s.OutputHeight, pixel % s.OutputWidth);
                    var h = (row * s.StrideHeight) + kh - s.PadTop;
                    var w = (column * s.StrideWidth) + kw - s.PadLeft;
                    var value = h < 0 || h >= s.Height || w < 0 || w >= s.Width ? 0f : x[(((((image * s.Height) + h) * s.Width) + w) * s.Channels) + c];
                    ref var sum = ref partial[image / IKernels.ShardRows];
                    sum = MathF.FusedMultiplyAdd(value, dy[(pixel * s.Filters) + f], sum);
                }

                dKernel[(at * s.Filters) + f] = Tree(partial);
            }
        }

        if (!dBias.IsEmpty)
            BiasGradient(new ChannelShape(s.Batch, s.OutputHeight * s.OutputWidth, s.Filters), dy, dBias);
    }
}
