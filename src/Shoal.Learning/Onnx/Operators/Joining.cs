namespace Shoal.Learning.Onnx;

/// <summary>Concat, Expand, Tile, Where, Transpose.</summary>
internal static class Joining
{
    public static OnnxTensor Concat(OnnxCall call)
    {
        var first = call.Input(0);
        var axis = call.Axis(call.Integer("axis", 1), first.Rank);
        var sizes = first.Sizes.ToArray();
        var total = 0L;
        for (var i = 0; i < call.InputCount; i++)
        {
            var x = call.Same(i);
            if (x.Rank != first.Rank || x.Sizes.Where((size, k) => k != axis && size != sizes[k]).Any())
                throw call.Wrong($"cannot join {OnnxTensor.Format(first.Sizes)} and {OnnxTensor.Format(x.Sizes)} on axis {axis}");
            total += x.Sizes[axis];
        }

        sizes[axis] = call.Size(total);
        var y = call.New(first.Type, sizes);
        if (y.Count == 0)
            return y;
        var outer = (int)OnnxTensor.CountOf(sizes.AsSpan(0, axis));
        var at = 0;
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < call.InputCount; i++)
            {
                var bytes = call.Input(i).Bytes;
                var part = bytes.Length / outer;
                bytes.Slice(o * part, part).CopyTo(y.Bytes[at..]);
                at += part;
            }
        }

        return y;
    }

    public static OnnxTensor Expand(OnnxCall call)
    {
        var x = call.Input(0);
        var asked = call.IntegersFrom(1) ?? throw call.Wrong("lacks the shape");
        var plan = Broadcast.Of(call, x.Sizes, Array.ConvertAll(asked, call.Size));
        return Stretch(call, x, plan);
    }

    public static OnnxTensor Tile(OnnxCall call)
    {
        var x = call.Input(0);
        var repeats = call.IntegersFrom(1) ?? throw call.Wrong("lacks its repeats");
        if (repeats.Length != x.Rank)
            throw call.Wrong($"has {repeats.Length} repeats for {OnnxTensor.Format(x.Sizes)}");
        var maps = new int[x.Rank][];
        for (var axis = 0; axis < maps.Length; axis++)
        {
            var size = x.Sizes[axis];
            var length = call.Reserve(checked(size * (long)call.Size(repeats[axis])));
            maps[axis] = [.. Enumerable.Range(0, length).Select(i => i % size)];
        }

        return Moves.Remap(call, x, maps);
    }

    public static OnnxTensor Where(OnnxCall call)
    {
        var (condition, a, b) = (call.Input(0), call.Input(1), call.Input(2));
        if (condition.Type != TensorType.BOOL || a.Type != b.Type)
            throw call.Wrong($"has inputs of types {condition.Type}, {a.Type} and {b.Type}, expected BOOL and two of one type");
        var plan = Broadcast.Of(call, condition.Sizes, a.Sizes, b.Sizes);
        var y = call.New(a.Type, plan.Sizes);
        var size = ElementTypes.Size(a.Type);
        var rows = plan.Rows();
        for (var start = 0; start < y.Count; start += plan.RowLength)
        {
            for (var i = 0; i < plan.RowLength; i++)
            {
                var source = condition.Bytes[rows.Offsets[0] + (i * plan.Step(0))] != 0
                    ? a.Bytes.Slice((rows.Offsets[1] + (i * plan.Step(1))) * size, size)
                    : b.Bytes.Slice((rows.Offsets[2] + (i * plan.Step(2))) * size, size);
                source.CopyTo(y.Bytes[((start + i) * size)..]);
            }

            rows.Next();
        }

        return y;
    }

    public static OnnxTensor Transpose(OnnxCall call)
    {
        var x = call.Input(0);
        var order = call.Integers("perm") ?? [.. Enumerable.Range(0, x.Rank).Reverse().Select(axis => (long)axis)];
        if (order.Length != x.Rank)
            throw call.Wrong($"orders {order.Length} axes of {OnnxTensor.Format(x.Sizes)}");
        call.Axes(order, x.Rank);
        var axes = Array.ConvertAll(order, axis => call.Axis(axis, x.Rank));
        if (x.Type == TensorType.F32 && axes is [0, var a, var b, var c] && (x.IsChannelsLast ? (a, b, c) == (2, 3, 1) : (a, b, c) == (3, 1, 2)))
            return x.Reinterpret(Array.ConvertAll(axes, axis => x.Sizes[axis]), !x.IsChannelsLast);
        var strides = Odometer.Strides(x.Sizes);
        return Moves.Restride(call, x, Array.ConvertAll(axes, axis => x.Sizes[axis]), Array.ConvertAll(axes, axis => strides[axis]));
    }

    private static OnnxTensor Stretch(OnnxCall call, OnnxTensor x, Broadcast plan)
    {
        var own = Odometer.Strides(x.Sizes);
        var strides = new int[plan.Sizes.Length];
        for (var axis = 0; axis < x.Rank; axis++)
            strides[strides.Length - x.Rank + axis] = x.Sizes[axis] == 1 ? 0 : own[axis];
        return Moves.Restride(call, x, plan.Sizes, strides);
    }
}
