using System.Numerics;
using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Functions of each element. What is no plain arithmetic is computed in double and rounded once.</summary>
internal static class Unary
{
    private const double RootHalf = 0.70710678118654752;

    private interface IFunction
    {
        static abstract T Of<T>(T x)
            where T : INumber<T>;
    }

    public static OnnxTensor Negate(OnnxCall call) => Numeric.Run<Each<Minus>>(call);

    public static OnnxTensor Absolute(OnnxCall call) => Numeric.Run<Each<Size>>(call);

    public static OnnxTensor Relu(OnnxCall call) => Numeric.Run<Each<NotNegative>>(call);

    public static OnnxTensor Sign(OnnxCall call) => Numeric.Run<Each<SignOf>>(call);

    public static OnnxTensor Sqrt(OnnxCall call) => Real(call, Math.Sqrt);

    public static OnnxTensor Reciprocal(OnnxCall call) => Real(call, x => 1 / x);

    public static OnnxTensor Exp(OnnxCall call) => Real(call, SpecialFunctions.Exp);

    public static OnnxTensor Log(OnnxCall call) => Real(call, SpecialFunctions.Log);

    public static OnnxTensor Erf(OnnxCall call) => Real(call, SpecialFunctions.Erf);

    public static OnnxTensor Sin(OnnxCall call) => Real(call, SpecialFunctions.Sin);

    public static OnnxTensor Cos(OnnxCall call) => Real(call, SpecialFunctions.Cos);

    public static OnnxTensor Tanh(OnnxCall call) => Real(call, SpecialFunctions.Tanh);

    public static OnnxTensor Sigmoid(OnnxCall call) => Real(call, SpecialFunctions.Sigmoid);

    public static OnnxTensor Softplus(OnnxCall call) => Real(call, SpecialFunctions.Softplus);

    public static OnnxTensor Floor(OnnxCall call) => Real(call, Math.Floor);

    public static OnnxTensor Ceiling(OnnxCall call) => Real(call, Math.Ceiling);

    public static OnnxTensor Round(OnnxCall call) => Real(call, Math.Round);

    public static OnnxTensor LeakyRelu(OnnxCall call)
    {
        double alpha = call.Single("alpha", 0.01f);
        return Real(call, x => x < 0 ? alpha * x : x);
    }

    public static OnnxTensor Elu(OnnxCall call)
    {
        double alpha = call.Single("alpha", 1);
        return Real(call, x => x < 0 ? alpha * SpecialFunctions.Expm1(x) : x);
    }

    public static OnnxTensor HardSigmoid(OnnxCall call)
    {
        double alpha = call.Single("alpha", 0.2f), beta = call.Single("beta", 0.5f);
        return Real(call, x => Math.Max(0, Math.Min(1, Math.FusedMultiplyAdd(alpha, x, beta))));
    }

    /// <summary>x·Φ(x), or its approximation by tanh (Hendrycks and Gimpel 2016, arXiv 1606.08415).</summary>
    public static OnnxTensor Gelu(OnnxCall call) => call.Text("approximate", "none") switch
    {
        "none" => Real(call, x => 0.5 * x * (1 + SpecialFunctions.Erf(x * RootHalf))),
        "tanh" => Real(call, x => 0.5 * x * (1 + SpecialFunctions.Tanh(0.79788456080286541 * (x + (0.044715 * x * x * x))))),
        var other => throw call.Unsupported($"has the approximation \"{ModelFileException.Quote(other)}\""),
    };

    private static OnnxTensor Real(OnnxCall call, Func<double, double> function)
    {
        var x = call.Input(0);
        var y = call.NewLike(x);
        switch (x.Type)
        {
            case TensorType.F32:
                Map<float>(x, y, function);
                break;
            case TensorType.F64:
                Map<double>(x, y, function);
                break;
            case TensorType.F16:
                Map<Half>(x, y, function);
                break;
            default:
                throw call.WrongType(x.Type);
        }

        return y;
    }

    private static void Map<T>(OnnxTensor x, OnnxTensor y, Func<double, double> function)
        where T : unmanaged, IFloatingPoint<T>
    {
        var from = x.Raw<T>();
        var to = y.Raw<T>();
        for (var i = 0; i < to.Length; i++)
            to[i] = T.CreateTruncating(function(double.CreateTruncating(from[i])));
    }

    private readonly struct Each<TFunction> : INumericOperator
        where TFunction : IFunction
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            var y = call.NewLike(x);
            var from = x.Raw<T>();
            var to = y.Raw<T>();
            for (var i = 0; i < to.Length; i++)
                to[i] = TFunction.Of(from[i]);
            return y;
        }
    }

    private readonly struct Minus : IFunction
    {
        public static T Of<T>(T x)
            where T : INumber<T>
            => -x;
    }

    private readonly struct Size : IFunction
    {
        public static T Of<T>(T x)
            where T : INumber<T>
            => T.IsNegative(x) ? -x : x;
    }

    private readonly struct NotNegative : IFunction
    {
        public static T Of<T>(T x)
            where T : INumber<T>
            => x < T.Zero ? T.Zero : x;
    }

    private readonly struct SignOf : IFunction
    {
        public static T Of<T>(T x)
            where T : INumber<T>
            => x > T.Zero ? T.One : x < T.Zero ? -T.One : x;
    }
}
