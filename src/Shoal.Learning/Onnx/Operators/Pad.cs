namespace Shoal.Learning.Onnx;

/// <summary>Pad: with a constant, the edge, a mirror or from the other side; negative padding cuts. Attributes before version 11, inputs since.</summary>
internal static class Pad
{
    public static OnnxTensor Run(OnnxCall call)
    {
        var x = call.Input(0);
        var pads = (call.Opset < 11 ? call.Integers("pads") ?? call.Integers("paddings") : call.IntegersFrom(1)) ?? throw call.Wrong("lacks its pads");
        var axes = call.Opset >= 18 && call.IntegersFrom(3) is { } asked
            ? Array.ConvertAll(asked, axis => call.Axis(axis, x.Rank))
            : Moves.All(x.Rank);
        if (pads.Length != 2 * axes.Length)
            throw call.Wrong($"has {pads.Length} pads for {axes.Length} axes");
        var mode = call.Text("mode", "constant");
        int[][] maps = [.. x.Sizes.Select(Moves.All)];
        for (var i = 0; i < axes.Length; i++)
            maps[axes[i]] = Map(call, mode, x.Sizes[axes[i]], pads[i], pads[axes.Length + i]);
        return Moves.Remap(call, x, maps, Fill(call, x.Type));
    }

    private static int[] Map(OnnxCall call, string mode, int size, long before, long after)
    {
        if (before is < int.MinValue or > int.MaxValue || after is < int.MinValue or > int.MaxValue || before + size + after < 0)
            throw call.Wrong($"pads {size} values by {before} and {after}");
        var map = new int[call.Reserve(before + size + after)];
        for (var i = 0; i < map.Length; i++)
        {
            var at = i - before;
            map[i] = at >= 0 && at < size ? (int)at : mode switch
            {
                "constant" => Moves.Outside,
                _ when size == 0 => throw call.Wrong("pads an axis without values"),
                "edge" => at < 0 ? 0 : size - 1,
                "reflect" => Mirror(at, size),
                "wrap" => (int)(((at % size) + size) % size),
                _ => throw call.Unsupported($"has the mode \"{ModelFileException.Quote(mode)}\""),
            };
        }

        return map;
    }

    /// <summary>Back and forth between the first and the last value, each of which stands once at a turn.</summary>
    private static int Mirror(long at, int size)
    {
        if (size == 1)
            return 0;
        var period = 2L * (size - 1);
        var phase = ((at % period) + period) % period;
        return (int)(phase < size ? phase : period - phase);
    }

    private static ReadOnlySpan<byte> Fill(OnnxCall call, TensorType type)
    {
        if (call.Opset >= 11)
            return call.Optional(2) is { Count: 1 } value && value.Type == type ? value.Bytes : default;
        var single = call.Single("value", 0);
        return type switch
        {
            TensorType.F32 => BitConverter.GetBytes(single),
            TensorType.F64 => BitConverter.GetBytes((double)single),
            TensorType.F16 => BitConverter.GetBytes((Half)single),
            _ => throw call.WrongType(type),
        };
    }
}
