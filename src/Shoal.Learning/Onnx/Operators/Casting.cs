using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Cast and CastLike: to whole numbers by cutting the fraction off, to truth values by asking whether it is not 0.</summary>
internal static class Casting
{
    public static OnnxTensor Cast(OnnxCall call)
    {
        var number = call.Opset < 6 && call.Has("to") ? NameToNumber(call) : call.Integer("to", 0);
        return To(call, ElementTypes.FromOnnx(number) ?? throw call.Unsupported($"casts to {ElementTypes.OnnxName(number)}"));
    }

    public static OnnxTensor CastLike(OnnxCall call) => To(call, call.Input(1).Type);

    private static long NameToNumber(OnnxCall call)
    {
        var name = call.Text("to", "");
        var number = Enumerable.Range(1, 16).FirstOrDefault(n => ElementTypes.OnnxName(n) == name);
        return number > 0 ? number : throw call.Unsupported($"casts to \"{ModelFileException.Quote(name)}\"");
    }

    private static OnnxTensor To(OnnxCall call, TensorType type)
    {
        var x = call.Input(0);
        if (type == x.Type)
            return x;
        if (type == TensorType.BOOL)
            return Numeric.Run<ToTruth>(call);
        return x.Type switch
        {
            TensorType.F32 => Numeric.Run<Into<float>>(call, type),
            TensorType.F64 => Numeric.Run<Into<double>>(call, type),
            TensorType.F16 => Numeric.Run<Into<Half>>(call, type),
            TensorType.I64 => Numeric.Run<Into<long>>(call, type),
            TensorType.I32 => Numeric.Run<Into<int>>(call, type),
            TensorType.I16 => Numeric.Run<Into<short>>(call, type),
            TensorType.I8 => Numeric.Run<Into<sbyte>>(call, type),
            TensorType.U64 => Numeric.Run<Into<ulong>>(call, type),
            TensorType.U32 => Numeric.Run<Into<uint>>(call, type),
            TensorType.U16 => Numeric.Run<Into<ushort>>(call, type),
            _ => Numeric.Run<Into<byte>>(call, type),
        };
    }

    private readonly struct ToTruth : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            var y = call.New(TensorType.BOOL, x.Sizes);
            var from = x.As<T>();
            var to = y.Bytes;
            for (var i = 0; i < to.Length; i++)
                to[i] = T.IsZero(from[i]) ? (byte)0 : (byte)1;
            return y;
        }
    }

    private readonly struct Into<TFrom> : INumericOperator
        where TFrom : unmanaged, INumber<TFrom>
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            var y = call.New(ElementTypes.Of<T>()!.Value, x.Sizes);
            var from = x.As<TFrom>();
            var to = y.As<T>();
            for (var i = 0; i < to.Length; i++)
                to[i] = T.CreateTruncating(from[i]);
            return y;
        }
    }
}
