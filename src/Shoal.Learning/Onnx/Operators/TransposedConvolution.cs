using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>
/// ConvTranspose: x (batch, channels, …), weights (channels, filters/group, …). Each input spreads over the outputs under the kernel; an output's
/// chain runs over (channel, input position), the bias is added after it.
/// </summary>
internal static class TransposedConvolution
{
    public static OnnxTensor[] Run(OnnxCall call) => Numeric.RunFloat<Loops>(call);

    /// <summary>For each axis the way back: which output an input and a tap belong to is what a window over the output would read.</summary>
    private static WindowAxis[] Read(OnnxCall call, OnnxTensor x, OnnxTensor weights)
    {
        var axes = Window.Rank(call, x);
        var (strides, dilations) = (Window.List(call, "strides", axes, 1), Window.List(call, "dilations", axes, 1));
        var (pads, extra) = (Window.List(call, "pads", 2 * axes, 0), Window.List(call, "output_padding", axes, 0));
        var asked = call.Integers("output_shape");
        if (asked is not null && asked.Length != axes)
            throw call.Wrong($"has an output_shape of {asked.Length} axes for {OnnxTensor.Format(x.Sizes)}");
        var automatic = call.Text("auto_pad", "NOTSET");
        var windows = new WindowAxis[Window.MostAxes];
        Array.Fill(windows, WindowAxis.Single);
        for (var i = 0; i < axes; i++)
        {
            var (size, kernel) = (x.Sizes[i + 2], weights.Sizes[i + 2]);
            var full = ((size - 1L) * strides[i]) + extra[i] + ((kernel - 1L) * dilations[i]) + 1;
            long before = pads[i], after = pads[i + axes];
            var same = automatic is "SAME_UPPER" or "SAME_LOWER";
            if (asked is not null || same)
            {
                var total = Math.Max(full - (asked?[i] ?? ((long)size * strides[i])), 0);
                before = automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after = total - before;
            }

            windows[Window.MostAxes - axes + i] = new(
                call.Size(asked?[i] ?? (full - before - after)), kernel, strides[i], dilations[i], call.Size(before), call.Size(after), size);
        }

        return windows;
    }

    private readonly struct Loops : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var (x, weights) = (call.Input(0), call.Same(1));
            var groups = (int)Math.Clamp(call.Integer("group", 1), 0, int.MaxValue);
            if (weights.Rank != x.Rank || groups < 1 || x.Sizes[1] != weights.Sizes[0] || x.Sizes[1] % groups != 0)
                throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)}, weights of shape {OnnxTensor.Format(weights.Sizes)} and {groups} groups");
            var w = Read(call, x, weights);
            var filters = call.Size((long)weights.Sizes[1] * groups);
            if (call.Optional(2) is not null && call.Same(2).Count != filters)
                throw call.Wrong($"has {call.Input(2).Count} biases for {filters} filters");
            var y = call.New(x.Type, [x.Sizes[0], filters, .. w[^(x.Rank - 2)..].Select(axis => axis.Input)]);
            var from = x.As<T>();
            var kernel = weights.As<T>();
            var to = y.As<T>();
            var (channels, own) = (x.Sizes[1], weights.Sizes[1]);
            var small = w[0].Output * w[1].Output * w[2].Output;
            var plane = w[0].Input * w[1].Input * w[2].Input;
            var taps = w[0].Kernel * w[1].Kernel * w[2].Kernel;
            for (var image = 0; image < x.Sizes[0]; image++)
            {
                for (var c = 0; c < channels; c++)
                {
                    var source = from.Slice(((image * channels) + c) * small, small);
                    var group = c / (channels / groups);
                    for (var f = 0; f < own; f++)
                    {
                        var filter = (group * own) + f;
                        Spread(source, kernel.Slice(((c * own) + f) * taps, taps), w, to.Slice(((image * filters) + filter) * plane, plane));
                    }
                }
            }

            if (call.Optional(2) is { } bias)
            {
                for (var i = 0; i < to.Length; i++)
                    to[i] += bias.As<T>()[i / plane % filters];
            }

            return [y];
        }

        private static void Spread<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> kernel, WindowAxis[] w, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (var at = 0; at < x.Length; at++)
            {
                var (o, p, q) = (at / w[2].Output / w[1].Output, at / w[2].Output % w[1].Output, at % w[2].Output);
                var ((i0, i1), (j0, j1), (k0, k1)) = (w[0].Taps(o), w[1].Taps(p), w[2].Taps(q));
                for (var i = i0; i < i1; i++)
                {
                    for (var j = j0; j < j1; j++)
                    {
                        var row = ((w[0].At(o, i) * w[1].Input) + w[1].At(p, j)) * w[2].Input;
                        var tap = ((i * w[1].Kernel) + j) * w[2].Kernel;
                        for (var k = k0; k < k1; k++)
                        {
                            ref var sum = ref y[row + w[2].At(q, k)];
                            sum = T.FusedMultiplyAdd(x[at], kernel[tap + k], sum);
                        }
                    }
                }
            }
        }
    }
}
