namespace Shoal.Learning.Onnx;

/// <summary>Operators that keep the elements and change the shape: Identity, Reshape, Flatten, Squeeze, Unsqueeze; and Shape and Size, which only tell it.</summary>
internal static class Reshaping
{
    public static OnnxTensor Identity(OnnxCall call) => call.Input(0);

    public static OnnxTensor Reshape(OnnxCall call)
    {
        var x = call.Input(0);
        var asked = (call.Opset < 5 ? call.Integers("shape") : call.IntegersFrom(1)) ?? throw call.Wrong("lacks the new shape");
        var zeroMeansZero = call.Flag("allowzero", false);
        var sizes = new int[asked.Length];
        var open = -1;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (asked[i] == 0 && !zeroMeansZero)
                sizes[i] = i < x.Rank ? x.Sizes[i] : throw call.Wrong($"keeps the size of axis {i}, which {OnnxTensor.Format(x.Sizes)} does not have");
            else if (asked[i] != -1)
                sizes[i] = call.Size(asked[i]);
            else if (open < 0)
                (open, sizes[i]) = (i, 1);
            else
                throw call.Wrong("leaves two sizes open");
        }

        if (open >= 0)
        {
            var known = OnnxTensor.CountOf(sizes);
            sizes[open] = known == 0 ? 0 : (int)(x.Count / known);
        }

        return OnnxTensor.CountOf(sizes) == x.Count
            ? x.View(sizes)
            : throw call.Wrong($"cannot make the shape ({string.Join(", ", asked)}) of {OnnxTensor.Format(x.Sizes)}");
    }

    public static OnnxTensor Flatten(OnnxCall call)
    {
        var x = call.Input(0);
        var axis = call.Integer("axis", 1);
        var cut = axis == x.Rank ? x.Rank : call.Axis(axis, x.Rank);
        return x.View([(int)OnnxTensor.CountOf(x.Sizes.AsSpan(0, cut)), (int)OnnxTensor.CountOf(x.Sizes.AsSpan(cut))]);
    }

    public static OnnxTensor Squeeze(OnnxCall call)
    {
        var x = call.Input(0);
        if (AxesOf(call) is not { } asked)
            return x.View([.. x.Sizes.Where(size => size != 1)]);
        var axes = call.Axes(asked, x.Rank);
        foreach (var axis in axes)
        {
            if (x.Sizes[axis] != 1)
                throw call.Wrong($"cannot drop axis {axis} of {OnnxTensor.Format(x.Sizes)}, whose size is not 1");
        }

        return x.View([.. x.Sizes.Where((_, axis) => !axes.Contains(axis))]);
    }

    public static OnnxTensor Unsqueeze(OnnxCall call)
    {
        var x = call.Input(0);
        var asked = AxesOf(call) ?? throw call.Wrong("lacks its axes");
        var axes = call.Axes(asked, x.Rank + asked.Length);
        var sizes = new List<int>(x.Sizes);
        foreach (var axis in axes)
            sizes.Insert(axis, 1);
        return x.View([.. sizes]);
    }

    public static OnnxTensor Shape(OnnxCall call)
    {
        var sizes = call.Input(0).Sizes;
        var start = Bound(call.Integer("start", 0), sizes.Length);
        var end = Math.Max(start, Bound(call.Integer("end", sizes.Length), sizes.Length));
        var y = call.New(TensorType.I64, end - start);
        for (var i = start; i < end; i++)
            y.As<long>()[i - start] = sizes[i];
        return y;
    }

    public static OnnxTensor Size(OnnxCall call)
    {
        var y = call.New(TensorType.I64);
        y.As<long>()[0] = call.Input(0).Count;
        return y;
    }

    /// <summary>Axes are an attribute before version 13, an input since.</summary>
    private static long[]? AxesOf(OnnxCall call) => call.Opset < 13 ? call.Integers("axes") : call.IntegersFrom(1);

    private static int Bound(long at, int rank) => (int)Math.Clamp(at < 0 ? at + rank : at, 0, rank);
}
