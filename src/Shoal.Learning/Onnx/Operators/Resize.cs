namespace Shoal.Learning.Onnx;

/// <summary>
/// Resize, axis after axis: each output is a weighted sum of one (nearest), two (linear) or four (cubic) neighbours, in double. Upsample, its
/// forerunner, is the same with asymmetric coordinates.
/// </summary>
/// <remarks>Source of the coordinates: https://onnx.ai/onnx/operators/onnx__Resize.html.</remarks>
internal static class Resize
{
    public static OnnxTensor Run(OnnxCall call)
    {
        var x = call.Input(0);
        if (call.Flag("antialias", false))
            throw call.Unsupported("smooths before it shrinks");
        if (call.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
            throw call.Unsupported("keeps the ratio of the sides");
        var (sizes, scales) = Target(call, x);
        var rule = new ResizeRule(call, call.Opset < 11);
        var region = rule.NeedsRegion ? Region(call, x.Rank) : null;
        var current = x;
        var taps = new ResizeTaps[x.Rank];
        for (var axis = 0; axis < x.Rank; axis++)
        {
            taps[axis] = rule.Taps(x.Sizes[axis], sizes[axis], scales[axis], region is null ? (0, 1) : (region[axis], region[axis + x.Rank]));
            if (!taps[axis].IsIdentity)
                current = rule.IsNearest ? Pick(call, current, axis, taps[axis]) : Blend(call, current, axis, taps[axis]);
        }

        return rule.NeedsRegion ? FillOutside(call, current, taps) : current;
    }

    private static (int[] Sizes, double[] Scales) Target(OnnxCall call, OnnxTensor x)
    {
        var (scaleInput, sizeInput) = call.Opset < 11 ? (1, -1) : (2, 3);
        var axes = call.Integers("axes") is { } some ? Array.ConvertAll(some, axis => call.Axis(axis, x.Rank)) : Moves.All(x.Rank);
        var sizes = x.Sizes.ToArray();
        var scales = new double[x.Rank];
        Array.Fill(scales, 1);
        if (sizeInput > 0 && call.Optional(sizeInput) is not null)
        {
            var asked = call.IntegersFrom(sizeInput)!;
            if (asked.Length != axes.Length)
                throw call.Wrong($"has {asked.Length} sizes for {axes.Length} axes");
            for (var i = 0; i < axes.Length; i++)
            {
                sizes[axes[i]] = call.Size(asked[i]);
                scales[axes[i]] = (double)sizes[axes[i]] / x.Sizes[axes[i]];
            }

            return (sizes, scales);
        }

        var factors = call.Opset < 9 && call.Singles("scales") is { } old ? old : Singles(call, scaleInput);
        if (factors.Length != axes.Length)
            throw call.Wrong($"has {factors.Length} scales for {axes.Length} axes");
        for (var i = 0; i < axes.Length; i++)
        {
            scales[axes[i]] = factors[i] > 0 ? factors[i] : throw call.Wrong($"has a scale of {factors[i]}");
            var size = Math.Floor(x.Sizes[axes[i]] * scales[axes[i]]);
            sizes[axes[i]] = size <= int.MaxValue ? (int)size : throw call.Wrong($"has a scale of {factors[i]}");
        }

        return (sizes, scales);
    }

    private static float[] Region(OnnxCall call, int rank)
    {
        var region = Singles(call, 1);
        return region.Length == 2 * rank ? region : throw call.Wrong($"has a region of {region.Length} numbers for {rank} axes");
    }

    private static float[] Singles(OnnxCall call, int input) => call.Input(input) is { Type: TensorType.F32 } x
        ? x.ToArray<float>()
        : throw call.Wrong($"has an input {input} that is not F32");

    private static OnnxTensor Pick(OnnxCall call, OnnxTensor x, int axis, ResizeTaps taps)
    {
        int[][] maps = [.. x.Sizes.Select(Moves.All)];
        maps[axis] = [.. taps.Rows.Select(row => row.First)];
        return Moves.Remap(call, x, maps);
    }

    private static OnnxTensor Blend(OnnxCall call, OnnxTensor x, int axis, ResizeTaps taps) => x.Type switch
    {
        TensorType.F32 => Blend<float>(call, x, axis, taps),
        TensorType.F64 => Blend<double>(call, x, axis, taps),
        _ => throw call.WrongType(x.Type),
    };

    private static OnnxTensor Blend<T>(OnnxCall call, OnnxTensor x, int axis, ResizeTaps taps)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var sizes = x.Sizes.ToArray();
        sizes[axis] = taps.Rows.Length;
        var y = call.New(x.Type, sizes);
        var inner = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis + 1));
        var from = x.As<T>();
        var to = y.As<T>();
        for (var i = 0; i < to.Length; i++)
        {
            var (outer, row) = (i / inner / sizes[axis], taps.Rows[i / inner % sizes[axis]]);
            var start = (outer * x.Sizes[axis] * inner) + (i % inner);
            var sum = 0.0;
            for (var k = 0; k < row.Weights.Length; k++)
                sum += row.Weights[k] * double.CreateTruncating(from[start + (Math.Clamp(row.First + k, 0, x.Sizes[axis] - 1) * inner)]);
            to[i] = T.CreateTruncating(sum);
        }

        return y;
    }

    private static OnnxTensor FillOutside(OnnxCall call, OnnxTensor x, ResizeTaps[] taps)
    {
        var value = BitConverter.GetBytes(call.Single("extrapolation_value", 0));
        if (x.Type != TensorType.F32)
            throw call.WrongType(x.Type);
        int[][] maps = [.. taps.Select((axis, k) => axis.IsIdentity ? Moves.All(x.Sizes[k]) : axis.Rows.Select((row, i) => row.Inside ? i : Moves.Outside).ToArray())];
        return Moves.Remap(call, x, maps, value);
    }
}
