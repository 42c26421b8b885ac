using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Constant, ConstantOfShape, Range.</summary>
internal static class Constants
{
    public static OnnxTensor Constant(OnnxCall call)
    {
        if (call.Tensor("value") is { } value)
            return value;
        if (call.Has("value_float"))
            return OnnxTensor.Create<float>([], [call.Single("value_float", 0)]);
        if (call.Has("value_int"))
            return OnnxTensor.Create<long>([], [call.Integer("value_int", 0)]);
        if (call.Singles("value_floats") is { } singles)
            return OnnxTensor.Create([singles.Length], singles);
        return call.Integers("value_ints") is { } integers
            ? OnnxTensor.Create([integers.Length], integers)
            : throw call.Unsupported("is a text, a sparse tensor or nothing at all");
    }

    public static OnnxTensor ConstantOfShape(OnnxCall call)
    {
        var asked = call.IntegersFrom(0) ?? throw call.Wrong("lacks the shape");
        var value = call.Tensor("value") ?? OnnxTensor.Create<float>([1], [0]);
        if (value.Count != 1)
            throw call.Wrong($"has {value.Count} values, expected one");
        var y = call.New(value.Type, Array.ConvertAll(asked, call.Size));
        for (var at = 0; at < y.Bytes.Length; at += value.Bytes.Length)
            value.Bytes.CopyTo(y.Bytes[at..]);
        return y;
    }

    public static OnnxTensor Range(OnnxCall call) => Numeric.Run<Steps>(call);

    private readonly struct Steps : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (start, limit, delta) = (One<T>(call, 0), One<T>(call, 1), One<T>(call, 2));
            if (T.IsZero(delta))
                throw call.Wrong("has a step of 0");
            var count = Math.Ceiling((double.CreateTruncating(limit) - double.CreateTruncating(start)) / double.CreateTruncating(delta));
            var y = call.New(call.Input(0).Type, count is >= 0 and < int.MaxValue ? (int)count : count < 0 ? 0 : throw call.Wrong($"makes {count} numbers"));
            var values = y.As<T>();
            for (var i = 0; i < values.Length; i++)
                values[i] = start + (T.CreateTruncating(i) * delta);
            return y;
        }

        private static T One<T>(OnnxCall call, int input)
            where T : unmanaged
            => call.Same(input) is { Count: 1 } x ? x.As<T>()[0] : throw call.Wrong($"has an input {input} with more than one value");
    }
}
