using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Pow: the result has the type of the base. Whole numbers to whole powers are exact and wrap; the rest is computed in double.</summary>
internal static class Powers
{
    public static OnnxTensor Power(OnnxCall call) => Numeric.Run<Base>(call);

    private static OnnxTensor Combine<TBase, TExponent>(OnnxCall call)
        where TBase : unmanaged, INumber<TBase>
        where TExponent : unmanaged, INumber<TExponent>
    {
        var (first, second) = (call.Input(0), call.Input(1));
        var plan = Broadcast.Of(call, first.Sizes, Arithmetic.Aligned(call, first, second));
        var result = call.New(first.Type, plan.Sizes);
        ReadOnlySpan<TBase> a = first.As<TBase>();
        ReadOnlySpan<TExponent> b = second.As<TExponent>();
        var y = result.As<TBase>();
        var (rows, stepA, stepB) = (plan.Rows(), plan.Step(0), plan.Step(1));
        for (var start = 0; start < y.Length; start += plan.RowLength)
        {
            for (var i = 0; i < plan.RowLength; i++)
                y[start + i] = Of(a[rows.Offsets[0] + (i * stepA)], b[rows.Offsets[1] + (i * stepB)]);
            rows.Next();
        }

        return result;
    }

    private static TBase Of<TBase, TExponent>(TBase x, TExponent power)
        where TBase : INumber<TBase>
        where TExponent : INumber<TExponent>
    {
        if (typeof(TBase) == typeof(float) || typeof(TBase) == typeof(double) || typeof(TBase) == typeof(Half)
            || !TExponent.IsInteger(power) || TExponent.IsNegative(power) || !TExponent.IsFinite(power))
            return TBase.CreateTruncating(RealPower.Of(double.CreateTruncating(x), double.CreateTruncating(power)));
        var result = TBase.One;
        for (var n = ulong.CreateSaturating(power); n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
                result *= x;
            x *= x;
        }

        return result;
    }

    private readonly struct Base : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => Numeric.Run<Exponent<T>>(call, call.Input(1).Type);
    }

    private readonly struct Exponent<TBase> : INumericOperator
        where TBase : unmanaged, INumber<TBase>
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => Combine<TBase, T>(call);
    }
}
