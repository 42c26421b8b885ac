using System.Buffers;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>Conv by the kernels, which want channels last: images and weights are turned around, padding is written out.</summary>
internal static class ConvolutionByKernels
{
    /// <returns>Null if the kernels do not have this kind of convolution.</returns>
    public static OnnxTensor? TryRun(OnnxCall call)
    {
        var (x, weights) = (call.Input(0), call.Same(1));
        if (x.Type != TensorType.F32 || x.Rank != 4)
            return null;
        var (w, groups) = Convolution.Read(call);
        var (rows, columns) = (w[1], w[2]);
        var (batch, channels, filters) = (x.Sizes[0], x.Sizes[1], weights.Sizes[0]);
        if (groups != 1 || rows.Dilation != 1 || columns.Dilation != 1 || batch == 0 || channels == 0 || filters == 0 || rows.Output == 0 || columns.Output == 0)
            return null;
        var height = call.Size((long)rows.Before + rows.Input + rows.After);
        var width = call.Size((long)columns.Before + columns.Input + columns.After);
        var shape = new Conv2DShape(
            batch, height, width, channels, rows.Kernel, columns.Kernel, filters, rows.Stride, columns.Stride, Same: false);
        if (shape.OutputHeight != rows.Output || shape.OutputWidth != columns.Output)
            return null;
        var y = call.New(x.Type, batch, filters, rows.Output, columns.Output);
        var input = call.Executor.ScratchInput(call.Reserve(Product(batch, height, width, channels)));
        var output = call.Executor.ScratchOutput(call.Reserve(y.Count));
        Pad(call, x, rows, columns, height, width, input);
        var kernel = call.Weights(1, weights.Count, ChannelsLast);
        call.Kernels.Conv2DForward(shape, input, kernel, bias: null, default, output);
        Finish(call, output, y, filters, rows.Output * columns.Output);
        return y;
    }

    private static long Product(int batch, int height, int width, int channels)
    {
        var pixels = (Int128)batch * height * width * channels;
        return pixels > int.MaxValue ? long.MaxValue : (long)pixels;
    }

    /// <summary>(batch, channels, rows, columns) to (batch, rows, columns, channels), with zeros around.</summary>
    private static void Pad(OnnxCall call, OnnxTensor x, WindowAxis rows, WindowAxis columns, int height, int width, Storage destination)
    {
        var channels = x.Sizes[1];
        var image = height * width * channels;
        var from = x.As<float>();
        var scratch = ArrayPool<float>.Shared.Rent(image);
        var padded = scratch.AsSpan(0, image);
        padded.Clear();
        for (var b = 0; b < x.Sizes[0]; b++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var r = 0; r < rows.Input; r++)
                {
                    var line = from.Slice(((((b * channels) + c) * rows.Input) + r) * columns.Input, columns.Input);
                    var at = ((((rows.Before + r) * width) + columns.Before) * channels) + c;
                    foreach (var value in line)
                    {
                        padded[at] = value;
                        at += channels;
                    }
                }
            }

            call.Kernels.Write(padded, destination, b * image);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    /// <summary>(filters, channels, rows, columns) to (rows, columns, channels, filters).</summary>
    private static void ChannelsLast(OnnxTensor weights, Span<float> to)
    {
        var (filters, channels, taps) = (weights.Sizes[0], weights.Sizes[1], weights.Sizes[2] * weights.Sizes[3]);
        var from = weights.As<float>();
        for (var f = 0; f < filters; f++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var t = 0; t < taps; t++)
                    to[(((t * channels) + c) * filters) + f] = from[(((f * channels) + c) * taps) + t];
            }
        }
    }

    /// <summary>Back to (batch, filters, positions), with the bias.</summary>
    private static void Finish(OnnxCall call, Storage output, OnnxTensor y, int filters, int positions)
    {
        var image = filters * positions;
        var bias = call.Optional(2) is { } b ? b.As<float>() : default;
        var scratch = ArrayPool<float>.Shared.Rent(image);
        for (var start = 0; start < y.Count; start += image)
        {
            call.Kernels.Read(output, scratch.AsSpan(0, image), start);
            var to = y.As<float>().Slice(start, image);
            for (var f = 0; f < filters; f++)
            {
                var shift = bias.IsEmpty ? 0 : bias[f];
                var plane = to.Slice(f * positions, positions);
                for (var p = 0; p < plane.Length; p++)
                    plane[p] = scratch[(p * filters) + f] + shift;
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }
}
