using System.Buffers;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>
/// Conv by the kernels, which want channels last: weights are turned around once, padding is written out, the result stays channels last. A
/// normalization and a Relu behind it are done on the way.
/// </summary>
internal static class ConvolutionByKernels
{
    private const int PlaceOfBias = 1;
    private const int PlaceOfScale = 2;
    private const int PlaceOfShift = 3;

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
        if (call.Optional(2) is not null && !call.IsConstant(2))
            return null;
        var height = call.Size((long)rows.Before + rows.Input + rows.After);
        var width = call.Size((long)columns.Before + columns.Input + columns.After);
        var shape = new Conv2DShape(
            batch, height, width, channels, rows.Kernel, columns.Kernel, filters, rows.Stride, columns.Stride, Same: false);
        if (shape.OutputHeight != rows.Output || shape.OutputWidth != columns.Output || Epilogue(call, filters) is not { } epilogue)
            return null;
        var (y, output) = call.NewImage(batch, filters, rows.Output, columns.Output);
        var input = x.IsChannelsLast && height == rows.Input && width == columns.Input
            ? call.OnKernels(x, channelsLast: true)
            : Pad(call, x, rows, columns, height, width);
        var kernel = call.Weights(1, weights.Count, ChannelsLast);
        var bias = call.Optional(2) is { } b ? call.Prepare(PlaceOfBias, filters, to => b.As<float>().CopyTo(to)) : null;
        call.Kernels.Conv2DForward(shape, input, kernel, bias, epilogue, output);
        call.FollowersDone = true;
        return y;
    }

    /// <summary>The followers as what the kernels do at the end: y·scale + shift with scale = gamma/√(variance + epsilon) and shift = beta − mean·scale.</summary>
    private static Epilogue? Epilogue(OnnxCall call, int filters)
    {
        var epilogue = default(Epilogue);
        foreach (var follower in call.Followers)
        {
            if (follower.OpType == "Relu")
            {
                epilogue = epilogue with { Relu = true };
                continue;
            }

            if (Enumerable.Range(1, 4).Any(input => follower.Input(input).Count != filters))
                return null;
            var scale = new float[filters];
            var epsilon = follower.Single("epsilon", 1e-5f);
            for (var c = 0; c < filters; c++)
                scale[c] = follower.Input(1).As<float>()[c] / MathF.Sqrt(follower.Input(4).As<float>()[c] + epsilon);
            epilogue = epilogue with
            {
                Scale = call.Prepare(PlaceOfScale, filters, to => scale.CopyTo(to)),
                Shift = call.Prepare(PlaceOfShift, filters, to =>
                {
                    for (var c = 0; c < filters; c++)
                        to[c] = MathF.FusedMultiplyAdd(-follower.Input(3).As<float>()[c], scale[c], follower.Input(2).As<float>()[c]);
                }),
            };
        }

        return epilogue;
    }

    private static long Product(int batch, int height, int width, int channels)
    {
        var pixels = (Int128)batch * height * width * channels;
        return pixels > int.MaxValue ? long.MaxValue : (long)pixels;
    }

    /// <summary>(batch, channels, rows, columns) to (batch, rows, columns, channels), with zeros around.</summary>
    private static Storage Pad(OnnxCall call, OnnxTensor x, WindowAxis rows, WindowAxis columns, int height, int width)
    {
        var channels = x.Sizes[1];
        var destination = call.Executor.ScratchInput(call.Reserve(Product(x.Sizes[0], height, width, channels)));
        var image = height * width * channels;
        var scratch = ArrayPool<float>.Shared.Rent(image);
        var padded = scratch.AsSpan(0, image);
        padded.Clear();
        for (var b = 0; b < x.Sizes[0]; b++)
        {
            for (var r = 0; r < rows.Input; r++)
            {
                var line = padded.Slice((((rows.Before + r) * width) + columns.Before) * channels, columns.Input * channels);
                if (x.IsChannelsLast)
                {
                    x.Raw<float>().Slice(((b * rows.Input) + r) * line.Length, line.Length).CopyTo(line);
                    continue;
                }

                for (var c = 0; c < channels; c++)
                {
                    var from = x.As<float>().Slice(((((b * channels) + c) * rows.Input) + r) * columns.Input, columns.Input);
                    for (var p = 0; p < from.Length; p++)
                        line[(p * channels) + c] = from[p];
                }
            }

            call.Kernels.Write(padded, destination, b * image);
        }

        ArrayPool<float>.Shared.Return(scratch);
        return destination;
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
}
