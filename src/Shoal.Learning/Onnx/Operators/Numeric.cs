using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>An operator over numbers of any type.</summary>
internal interface INumericOperator
{
    static abstract OnnxTensor Run<T>(OnnxCall call)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>An operator over floats and doubles.</summary>
internal interface IFloatOperator
{
    static abstract OnnxTensor[] Run<T>(OnnxCall call)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>;
}

/// <summary>Runs a generic operator for a tensor's type.</summary>
internal static class Numeric
{
    /// <summary>For the type of the first input.</summary>
    public static OnnxTensor Run<TOperator>(OnnxCall call)
        where TOperator : INumericOperator
        => Run<TOperator>(call, call.Input(0).Type);

    public static OnnxTensor Run<TOperator>(OnnxCall call, TensorType type)
        where TOperator : INumericOperator
        => type switch
        {
            TensorType.F32 => TOperator.Run<float>(call),
            TensorType.F64 => TOperator.Run<double>(call),
            TensorType.F16 => TOperator.Run<Half>(call),
            TensorType.I64 => TOperator.Run<long>(call),
            TensorType.I32 => TOperator.Run<int>(call),
            TensorType.I16 => TOperator.Run<short>(call),
            TensorType.I8 => TOperator.Run<sbyte>(call),
            TensorType.U64 => TOperator.Run<ulong>(call),
            TensorType.U32 => TOperator.Run<uint>(call),
            TensorType.U16 => TOperator.Run<ushort>(call),
            TensorType.U8 => TOperator.Run<byte>(call),
            _ => throw call.WrongType(type),
        };

    public static OnnxTensor[] RunFloat<TOperator>(OnnxCall call)
        where TOperator : IFloatOperator
        => call.Input(0).Type switch
        {
            TensorType.F32 => TOperator.Run<float>(call),
            TensorType.F64 => TOperator.Run<double>(call),
            var type => throw call.WrongType(type),
        };

    /// <summary>An input that must have the type of the first one.</summary>
    public static OnnxTensor Same(this OnnxCall call, int number)
    {
        var x = call.Input(number);
        return x.Type == call.Input(0).Type
            ? x
            : throw call.Wrong($"has an input {number} of type {x.Type}, expected {call.Input(0).Type} as the first one");
    }
}
