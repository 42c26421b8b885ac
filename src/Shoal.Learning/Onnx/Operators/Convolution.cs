using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>
/// Conv: x (batch, channels, …), weights (filters, channels/group, …), bias (filters). Images of floats without groups and dilation go to the kernels,
/// the rest through plain loops: one chain over (channel, kernel position), the bias added after it.
/// </summary>
internal static class Convolution
{
    public static OnnxTensor[] Run(OnnxCall call) => ConvolutionByKernels.TryRun(call) is { } y ? [y] : Numeric.RunFloat<Loops>(call);

    /// <summary>The window, after the shapes were found to fit.</summary>
    public static (WindowAxis[] Windows, int Groups) Read(OnnxCall call)
    {
        var (x, weights) = (call.Input(0), call.Same(1));
        var groups = call.Integer("group", 1);
        if (weights.Rank != x.Rank)
            throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)} and weights of shape {OnnxTensor.Format(weights.Sizes)}");
        var windows = Window.Read(call, x, weights.Sizes.AsSpan(2));
        if (groups < 1 || groups > x.Sizes[1] || x.Sizes[1] != weights.Sizes[1] * groups || weights.Sizes[0] % groups != 0)
            throw call.Wrong($"has {x.Sizes[1]} channels, weights of shape {OnnxTensor.Format(weights.Sizes)} and {groups} groups, which do not fit");
        if (call.Optional(2) is not null && call.Same(2).Count != weights.Sizes[0])
            throw call.Wrong($"has {call.Input(2).Count} biases for {weights.Sizes[0]} filters");
        return (windows, (int)groups);
    }

    private readonly struct Loops : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var (w, groups) = Read(call);
            var (x, weights) = (call.Input(0), call.Input(1));
            var (filters, channels) = (weights.Sizes[0], weights.Sizes[1]);
            var y = call.New(x.Type, Window.OutputSizes(x.Sizes[0], filters, w, x.Rank - 2));
            var bias = call.Optional(2) is { } b ? b.As<T>() : default;
            var from = x.As<T>();
            var kernel = weights.As<T>();
            var to = y.As<T>();
            var plane = w[0].Input * w[1].Input * w[2].Input;
            var taps = w[0].Kernel * w[1].Kernel * w[2].Kernel;
            var at = 0;
            for (var line = 0; at < to.Length; line++)
            {
                var (image, filter) = (line / filters, line % filters);
                var group = filter / (filters / groups);
                var source = from.Slice(((image * groups) + group) * channels * plane, channels * plane);
                var own = kernel.Slice(filter * channels * taps, channels * taps);
                for (var o = 0; o < w[0].Output; o++)
                {
                    for (var p = 0; p < w[1].Output; p++)
                    {
                        for (var q = 0; q < w[2].Output; q++)
                            to[at++] = Sum<T>(source, own, w, channels, o, p, q) + (bias.IsEmpty ? T.Zero : bias[filter]);
                    }
                }
            }

            return [y];
        }

        private static T Sum<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> kernel, WindowAxis[] w, int channels, int o, int p, int q)
            where T : IFloatingPointIeee754<T>
        {
            var ((i0, i1), (j0, j1), (k0, k1)) = (w[0].Taps(o), w[1].Taps(p), w[2].Taps(q));
            var sum = T.Zero;
            for (var c = 0; c < channels; c++)
            {
                for (var i = i0; i < i1; i++)
                {
                    for (var j = j0; j < j1; j++)
                    {
                        var row = ((((c * w[0].Input) + w[0].At(o, i)) * w[1].Input) + w[1].At(p, j)) * w[2].Input;
                        var tap = ((((c * w[0].Kernel) + i) * w[1].Kernel) + j) * w[2].Kernel;
                        for (var k = k0; k < k1; k++)
                            sum = T.FusedMultiplyAdd(x[row + w[2].At(q, k)], kernel[tap + k], sum);
                    }
                }
            }

            return sum;
        }
    }
}
