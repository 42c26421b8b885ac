namespace Shoal.Learning.Onnx;

/// <summary>How a kernel or pooling window moves along one axis: output o, tap k reads input o·Stride − Before + k·Dilation.</summary>
internal readonly record struct WindowAxis(int Input, int Kernel, int Stride, int Dilation, int Before, int After, int Output)
{
    public static WindowAxis Single { get; } = new(1, 1, 1, 1, 0, 0, 1);

    /// <summary>The taps from the first to behind the last that read real input, not padding.</summary>
    public (int First, int End) Taps(int output)
    {
        var start = ((long)output * Stride) - Before;
        var first = start >= 0 ? 0 : (-start + Dilation - 1) / Dilation;
        var end = start >= Input ? 0 : Math.Min(Kernel, ((Input - 1 - start) / Dilation) + 1);
        return ((int)Math.Min(first, Kernel), (int)Math.Max(end, 0));
    }

    /// <summary>How many taps read input or declared padding: what an average that counts padding divides by.</summary>
    public int TapsWithPadding(int output)
    {
        var start = (long)output * Stride;
        return (int)Math.Clamp((((long)Before + Input + After - 1 - start) / Dilation) + 1, 0, Kernel);
    }

    public int At(int output, int tap) => (int)(((long)output * Stride) - Before + ((long)tap * Dilation));
}

/// <summary>Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode for one to three axes; missing axes come first and have size 1.</summary>
internal static class Window
{
    public const int MostAxes = 3;

    /// <param name="call">The call.</param>
    /// <param name="x">(batch, channels, …).</param>
    /// <param name="kernel">The sizes of the window.</param>
    public static WindowAxis[] Read(OnnxCall call, OnnxTensor x, ReadOnlySpan<int> kernel)
    {
        var axes = Rank(call, x);
        if (kernel.Length != axes)
            throw call.Wrong($"has a kernel of {kernel.Length} axes for {OnnxTensor.Format(x.Sizes)}");
        var (strides, dilations) = (List(call, "strides", axes, 1), List(call, "dilations", axes, 1));
        var pads = Pads(call, axes);
        var automatic = call.Text("auto_pad", "NOTSET");
        var ceiling = call.Flag("ceil_mode", false);
        var windows = new WindowAxis[MostAxes];
        Array.Fill(windows, WindowAxis.Single);
        for (var i = 0; i < axes; i++)
        {
            var (size, stride) = (x.Sizes[i + 2], strides[i]);
            if (kernel[i] < 1)
                throw call.Wrong($"has a kernel of size {kernel[i]}");
            var reach = ((long)(kernel[i] - 1) * dilations[i]) + 1;
            long before = pads[i], after = pads[i + axes];
            long output;
            if (automatic is "SAME_UPPER" or "SAME_LOWER")
            {
                output = ((long)size + stride - 1) / stride;
                var total = Math.Max(((output - 1) * stride) + reach - size, 0);
                before = automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after = total - before;
            }
            else
            {
                if (automatic is not ("NOTSET" or "VALID"))
                    throw call.Unsupported($"has auto_pad \"{ModelFileException.Quote(automatic)}\"");
                (before, after) = automatic == "VALID" ? (0, 0) : (before, after);
                var room = size + before + after - reach;
                output = room < 0 ? 0 : ((room + (ceiling ? stride - 1 : 0)) / stride) + 1;
                // A last window that would begin behind the input and its first padding sees nothing.
                if (ceiling && output > 1 && (output - 1) * stride >= size + before)
                    output--;
            }

            windows[MostAxes - axes + i] = new(size, kernel[i], stride, dilations[i], call.Size(before), call.Size(after), call.Size(output));
        }

        return windows;
    }

    public static int Rank(OnnxCall call, OnnxTensor x) => x.Rank is >= 3 and <= MostAxes + 2
        ? x.Rank - 2
        : throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)}, expected (batch, channels, …) with 1 to {MostAxes} axes more");

    /// <summary>The shape of an output: batch, channels, and as many axes as the input has.</summary>
    public static int[] OutputSizes(int batch, int channels, WindowAxis[] windows, int axes) =>
        [batch, channels, .. windows[(MostAxes - axes)..].Select(window => window.Output)];

    public static int[] List(OnnxCall call, string name, int axes, int least)
    {
        if (call.Integers(name) is not { } list)
            return [.. Enumerable.Repeat(least, axes)];
        return list.Length == axes && list.All(v => v >= least && v <= int.MaxValue)
            ? Array.ConvertAll(list, v => (int)v)
            : throw call.Wrong($"has {name} ({string.Join(", ", list)}), expected {axes} of {least} or more");
    }

    private static int[] Pads(OnnxCall call, int axes) => List(call, "pads", 2 * axes, 0);
}
