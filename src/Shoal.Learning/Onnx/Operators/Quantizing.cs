namespace Shoal.Learning.Onnx;

/// <summary>QuantizeLinear and DequantizeLinear between floats and bytes, with one scale or one for each index of an axis.</summary>
internal static class Quantizing
{
    /// <summary>x/scale rounded to the nearest whole number, of two the even one, plus the zero point, within the bounds of a byte.</summary>
    public static OnnxTensor Quantize(OnnxCall call)
    {
        var (x, scale) = (call.Input(0), call.Same(1));
        var type = call.Optional(2)?.Type ?? TensorType.U8;
        var (low, high) = type switch
        {
            TensorType.U8 => (0, 255),
            TensorType.I8 => (-128, 127),
            _ => throw call.WrongType(type),
        };
        if (x.Type != TensorType.F32)
            throw call.WrongType(x.Type);
        var (length, inner) = Axis(call, x, scale);
        var y = call.New(type, x.Sizes);
        for (var i = 0; i < y.Count; i++)
        {
            var k = i / inner % length;
            var whole = Math.Round(x.As<float>()[i] / scale.As<float>()[k]) + ZeroPoint(call, k);
            y.Bytes[i] = unchecked((byte)(int)Math.Clamp(double.IsNaN(whole) ? 0 : whole, low, high));
        }

        return y;
    }

    /// <summary>(x − zero point)·scale.</summary>
    public static OnnxTensor Dequantize(OnnxCall call)
    {
        var (x, scale) = (call.Input(0), call.Input(1));
        if (x.Type is not (TensorType.U8 or TensorType.I8) || scale.Type != TensorType.F32)
            throw call.WrongType(x.Type);
        var (length, inner) = Axis(call, x, scale);
        var y = call.New(TensorType.F32, x.Sizes);
        for (var i = 0; i < y.Count; i++)
        {
            var k = i / inner % length;
            y.As<float>()[i] = (Value(x, i) - ZeroPoint(call, k)) * scale.As<float>()[k];
        }

        return y;
    }

    private static (int Length, int Inner) Axis(OnnxCall call, OnnxTensor x, OnnxTensor scale)
    {
        if (call.Optional(2) is { } zero && zero.Count != scale.Count)
            throw call.Wrong($"has {scale.Count} scales and {zero.Count} zero points");
        if (call.Integer("block_size", 0) != 0)
            throw call.Unsupported("has a scale for each block");
        if (scale.Count == 1)
            return (1, 1);
        var axis = call.Axis(call.Integer("axis", 1), x.Rank);
        return scale.Count == x.Sizes[axis]
            ? (scale.Count, (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis + 1)))
            : throw call.Wrong($"has {scale.Count} scales for axis {axis} of {OnnxTensor.Format(x.Sizes)}");
    }

    private static int ZeroPoint(OnnxCall call, int index) => call.Optional(2) is { } zero ? Value(zero, index) : 0;

    private static int Value(OnnxTensor x, int index) => x.Type == TensorType.I8 ? x.As<sbyte>()[index] : x.Bytes[index];
}
