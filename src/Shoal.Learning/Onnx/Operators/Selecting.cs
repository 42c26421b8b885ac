namespace Shoal.Learning.Onnx;

/// <summary>Operators that take parts: Slice, Gather, GatherElements, Split.</summary>
internal static class Selecting
{
    public static OnnxTensor Slice(OnnxCall call)
    {
        var x = call.Input(0);
        var old = call.Opset < 10;
        var starts = (old ? call.Integers("starts") : call.IntegersFrom(1)) ?? throw call.Wrong("lacks its starts");
        var ends = (old ? call.Integers("ends") : call.IntegersFrom(2)) ?? throw call.Wrong("lacks its ends");
        var asked = (old ? call.Integers("axes") : call.IntegersFrom(3)) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        var steps = (old ? null : call.IntegersFrom(4)) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || asked.Length != starts.Length || steps.Length != starts.Length)
            throw call.Wrong($"has {starts.Length} starts, {ends.Length} ends, {asked.Length} axes and {steps.Length} steps");
        call.Axes(asked, x.Rank);
        int[][] maps = [.. x.Sizes.Select(Moves.All)];
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = call.Axis(asked[i], x.Rank);
            maps[axis] = steps[i] == 0 ? throw call.Wrong("has a step of 0") : Range(starts[i], ends[i], steps[i], x.Sizes[axis]);
        }

        return Moves.Remap(call, x, maps);
    }

    public static OnnxTensor Gather(OnnxCall call)
    {
        var x = call.Input(0);
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var indices = call.Input(1);
        var at = Indices(call, x.Sizes[axis]);
        var outer = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(0, axis));
        var inner = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis + 1)) * ElementTypes.Size(x.Type);
        var y = call.New(x.Type, [.. x.Sizes[..axis], .. indices.Sizes, .. x.Sizes[(axis + 1)..]]);
        if (y.Count == 0)
            return y;
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < at.Length; i++)
                x.Bytes.Slice(((o * x.Sizes[axis]) + at[i]) * inner, inner).CopyTo(y.Bytes.Slice(((o * at.Length) + i) * inner, inner));
        }

        return y;
    }

    public static OnnxTensor GatherElements(OnnxCall call)
    {
        var x = call.Input(0);
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var indices = call.Input(1, x.Rank);
        for (var i = 0; i < x.Rank; i++)
        {
            if (i != axis && indices.Sizes[i] > x.Sizes[i])
                throw call.Wrong($"has indices of shape {OnnxTensor.Format(indices.Sizes)} for {OnnxTensor.Format(x.Sizes)}");
        }

        var at = Indices(call, x.Sizes[axis]);
        var y = call.New(x.Type, indices.Sizes);
        var strides = Odometer.Strides(x.Sizes);
        var (step, size) = (strides[axis], ElementTypes.Size(x.Type));
        strides[axis] = 0;
        var walk = new Odometer(indices.Sizes, strides);
        for (var i = 0; i < y.Count; i++)
        {
            x.Bytes.Slice((walk.Offsets[0] + (at[i] * step)) * size, size).CopyTo(y.Bytes.Slice(i * size, size));
            walk.Next();
        }

        return y;
    }

    /// <summary>The lengths are an attribute before version 13, an input since; without them all are equal, the last one may be shorter.</summary>
    public static OnnxTensor[] Split(OnnxCall call)
    {
        var x = call.Input(0);
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var parts = call.Integer("num_outputs", call.OutputCount);
        if (parts < 1 || parts > Math.Max(x.Sizes[axis], call.OutputCount))
            throw call.Wrong($"splits {x.Sizes[axis]} into {parts} parts");
        var equal = (x.Sizes[axis] + parts - 1) / parts;
        var lengths = (call.Opset < 13 ? call.Integers("split") : call.IntegersFrom(1))
            ?? [.. Enumerable.Range(0, (int)parts).Select(i => Math.Clamp(x.Sizes[axis] - (i * equal), 0, equal))];
        if (lengths.Any(length => length < 0) || lengths.Sum() != x.Sizes[axis])
            throw call.Wrong($"splits axis {axis} of {OnnxTensor.Format(x.Sizes)} into ({string.Join(", ", lengths)})");
        var outputs = new OnnxTensor[lengths.Length];
        var start = 0;
        for (var i = 0; i < outputs.Length; i++)
        {
            int[][] maps = [.. x.Sizes.Select(Moves.All)];
            maps[axis] = maps[axis][start..(start + (int)lengths[i])];
            outputs[i] = Moves.Remap(call, x, maps);
            start += (int)lengths[i];
        }

        return outputs;
    }

    private static int[] Range(long start, long end, long step, int size)
    {
        // Clamped as NumPy does; the ends are often the largest or smallest number that there is.
        var first = Math.Clamp(start < 0 ? start + size : start, 0, step < 0 ? size - 1 : size);
        var last = Math.Clamp(end < 0 ? end + size : end, step < 0 ? -1 : 0, size);
        var taken = new List<int>();
        var stride = Math.Clamp(step, -size - 1L, size + 1L);
        for (var at = first; stride > 0 ? at < last : at > last; at += stride)
            taken.Add((int)at);
        return [.. taken];
    }

    private static int[] Indices(OnnxCall call, int size)
    {
        var indices = call.IntegersFrom(1) ?? throw call.Wrong("lacks its indices");
        return Array.ConvertAll(indices, index =>
            index >= -size && index < size ? (int)(index < 0 ? index + size : index) : throw call.Wrong($"has the index {index} for an axis of {size}"));
    }
}
