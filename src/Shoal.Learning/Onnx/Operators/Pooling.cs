using System.Numerics;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>MaxPool, with the places of the maxima if they are asked for, AveragePool, and both over whole images.</summary>
internal static class Pooling
{
    public static OnnxTensor[] Max(OnnxCall call) => call.Input(0).Type switch
    {
        TensorType.F32 => MaxByKernels(call) is { } y ? [y] : Max<float>(call),
        TensorType.F64 => Max<double>(call),
        TensorType.I8 => Max<sbyte>(call),
        TensorType.U8 => Max<byte>(call),
        var type => throw call.WrongType(type),
    };

    public static OnnxTensor[] Average(OnnxCall call) => Numeric.RunFloat<Averaging>(call);

    public static OnnxTensor[] GlobalAverage(OnnxCall call) => Numeric.RunFloat<AveragingAll>(call);

    private static int[] Kernel(OnnxCall call) => Window.List(call, "kernel_shape", Window.Rank(call, call.Input(0)), 1);

    /// <returns>Null unless the image lies channels last and its windows are those of the kernels.</returns>
    private static OnnxTensor? MaxByKernels(OnnxCall call)
    {
        var x = call.Input(0);
        if (!x.IsChannelsLast || call.OutputCount > 1)
            return null;
        var w = Window.Read(call, x, Kernel(call));
        var shape = new PoolShape(
            x.Sizes[0], x.Sizes[2], x.Sizes[3], x.Sizes[1], w[1].Kernel, w[2].Kernel, w[1].Stride, w[2].Stride, Same: false);
        if (w.Any(axis => axis.Dilation != 1 || axis.Before != 0 || axis.After != 0)
            || x.Count == 0 || shape.OutputHeight != w[1].Output || shape.OutputWidth != w[2].Output || w[1].Output == 0 || w[2].Output == 0)
            return null;
        var (y, output) = call.NewImage(x.Sizes[0], x.Sizes[1], w[1].Output, w[2].Output);
        call.Kernels.MaxPoolForward(shape, call.OnKernels(x, channelsLast: true), output);
        return y;
    }

    private static OnnxTensor[] Max<T>(OnnxCall call)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var x = call.Input(0);
        var w = Window.Read(call, x, Kernel(call));
        var y = call.New(x.Type, Window.OutputSizes(x.Sizes[0], x.Sizes[1], w, x.Rank - 2));
        var places = call.OutputCount > 1 ? call.New(TensorType.I64, y.Sizes) : null;
        var columnMajor = call.Flag("storage_order", false);
        var from = x.As<T>();
        var to = y.As<T>();
        var plane = w[0].Input * w[1].Input * w[2].Input;
        var at = 0;
        for (var start = 0; at < to.Length; start += plane)
        {
            for (var o = 0; o < w[0].Output; o++)
            {
                for (var p = 0; p < w[1].Output; p++)
                {
                    for (var q = 0; q < w[2].Output; q++)
                    {
                        var (best, place) = Largest(from.Slice(start, plane), w, o, p, q);
                        to[at] = best;
                        if (places is not null)
                            places.As<long>()[at] = place < 0 ? place : start + (columnMajor ? Turned(place, w) : place);
                        at++;
                    }
                }
            }
        }

        return places is null ? [y] : [y, places];
    }

    private static (T Value, int Place) Largest<T>(ReadOnlySpan<T> plane, WindowAxis[] w, int o, int p, int q)
        where T : INumber<T>, IMinMaxValue<T>
    {
        var ((i0, i1), (j0, j1), (k0, k1)) = (w[0].Taps(o), w[1].Taps(p), w[2].Taps(q));
        var (best, place) = (T.MinValue, -1);
        for (var i = i0; i < i1; i++)
        {
            for (var j = j0; j < j1; j++)
            {
                var row = ((w[0].At(o, i) * w[1].Input) + w[1].At(p, j)) * w[2].Input;
                for (var k = k0; k < k1; k++)
                {
                    var value = plane[row + w[2].At(q, k)];
                    if (place < 0 || value > best || T.IsNaN(value))
                        (best, place) = (value, row + w[2].At(q, k));
                }
            }
        }

        return (best, place);
    }

    private static int Turned(int place, WindowAxis[] w)
    {
        var (i, j, k) = (place / w[2].Input / w[1].Input, place / w[2].Input % w[1].Input, place % w[2].Input);
        return (((k * w[1].Input) + j) * w[0].Input) + i;
    }

    private readonly struct Averaging : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            var w = Window.Read(call, x, Kernel(call));
            var countPadding = call.Flag("count_include_pad", false);
            var y = call.New(x.Type, Window.OutputSizes(x.Sizes[0], x.Sizes[1], w, x.Rank - 2));
            var from = x.As<T>();
            var to = y.As<T>();
            var plane = w[0].Input * w[1].Input * w[2].Input;
            var at = 0;
            for (var start = 0; at < to.Length; start += plane)
            {
                for (var o = 0; o < w[0].Output; o++)
                {
                    for (var p = 0; p < w[1].Output; p++)
                    {
                        for (var q = 0; q < w[2].Output; q++)
                        {
                            var (sum, count) = Sum(from.Slice(start, plane), w, o, p, q);
                            if (countPadding)
                                count = (double)w[0].TapsWithPadding(o) * w[1].TapsWithPadding(p) * w[2].TapsWithPadding(q);
                            to[at++] = T.CreateTruncating(sum / count);
                        }
                    }
                }
            }

            return [y];
        }

        private static (double Sum, double Count) Sum<T>(ReadOnlySpan<T> plane, WindowAxis[] w, int o, int p, int q)
            where T : INumber<T>
        {
            var ((i0, i1), (j0, j1), (k0, k1)) = (w[0].Taps(o), w[1].Taps(p), w[2].Taps(q));
            var sum = 0.0;
            for (var i = i0; i < i1; i++)
            {
                for (var j = j0; j < j1; j++)
                {
                    var row = ((w[0].At(o, i) * w[1].Input) + w[1].At(p, j)) * w[2].Input;
                    for (var k = k0; k < k1; k++)
                        sum += double.CreateTruncating(plane[row + w[2].At(q, k)]);
                }
            }

            return (sum, (double)Math.Max(i1 - i0, 0) * Math.Max(j1 - j0, 0) * Math.Max(k1 - k0, 0));
        }
    }

    private readonly struct AveragingAll : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            if (x.Rank < 3)
                throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)}, expected (batch, channels, …)");
            var y = call.New(x.Type, [x.Sizes[0], x.Sizes[1], .. Enumerable.Repeat(1, x.Rank - 2)]);
            var plane = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(2));
            var from = x.As<T>();
            var to = y.As<T>();
            for (var i = 0; i < to.Length; i++)
            {
                var sum = 0.0;
                foreach (var value in from.Slice(i * plane, plane))
                    sum += double.CreateTruncating(value);
                to[i] = T.CreateTruncating(sum / plane);
            }

            return [y];
        }
    }
}
