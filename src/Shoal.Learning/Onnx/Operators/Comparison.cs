using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Equal, Less, Greater and the two with equality; NaN equals nothing. And, Or, Xor and Not of truth values.</summary>
internal static class Comparison
{
    private interface ITest
    {
        static abstract bool Of<T>(T a, T b)
            where T : INumber<T>;
    }

    public static OnnxTensor Equal(OnnxCall call) =>
        call.Input(0).Type == TensorType.BOOL ? Pair<AreEqual>.Run<byte>(call) : Numeric.Run<Pair<AreEqual>>(call);

    public static OnnxTensor Less(OnnxCall call) => Numeric.Run<Pair<IsLess>>(call);

    public static OnnxTensor Greater(OnnxCall call) => Numeric.Run<Pair<IsGreater>>(call);

    public static OnnxTensor LessOrEqual(OnnxCall call) => Numeric.Run<Pair<IsLessOrEqual>>(call);

    public static OnnxTensor GreaterOrEqual(OnnxCall call) => Numeric.Run<Pair<IsGreaterOrEqual>>(call);

    public static OnnxTensor And(OnnxCall call) => Truth<AreBoth>(call);

    public static OnnxTensor Or(OnnxCall call) => Truth<IsEither>(call);

    public static OnnxTensor Xor(OnnxCall call) => Truth<AreDifferent>(call);

    public static OnnxTensor Not(OnnxCall call)
    {
        var x = call.Input(0);
        if (x.Type != TensorType.BOOL)
            throw call.WrongType(x.Type);
        var y = call.New(x.Type, x.Sizes);
        var from = x.Bytes;
        var to = y.Bytes;
        for (var i = 0; i < to.Length; i++)
            to[i] = (byte)(from[i] ^ 1);
        return y;
    }

    private static OnnxTensor Truth<TTest>(OnnxCall call)
        where TTest : ITest
        => call.Input(0).Type == TensorType.BOOL ? Pair<TTest>.Run<byte>(call) : throw call.WrongType(call.Input(0).Type);

    private readonly struct Pair<TTest> : INumericOperator
        where TTest : ITest
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (first, second) = (call.Input(0), call.Same(1));
            var plan = Broadcast.Of(call, first.Sizes, Arithmetic.Aligned(call, first, second));
            var result = call.New(TensorType.BOOL, plan.Sizes);
            ReadOnlySpan<T> a = first.As<T>(), b = second.As<T>();
            var y = result.Bytes;
            var (rows, stepA, stepB) = (plan.Rows(), plan.Step(0), plan.Step(1));
            for (var start = 0; start < y.Length; start += plan.RowLength)
            {
                var (atA, atB) = (rows.Offsets[0], rows.Offsets[1]);
                foreach (ref var value in y.Slice(start, plan.RowLength))
                {
                    value = TTest.Of(a[atA], b[atB]) ? (byte)1 : (byte)0;
                    atA += stepA;
                    atB += stepB;
                }

                rows.Next();
            }

            return result;
        }
    }

    private readonly struct AreEqual : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a == b;
    }

    private readonly struct IsLess : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a < b;
    }

    private readonly struct IsGreater : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a > b;
    }

    private readonly struct IsLessOrEqual : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a <= b;
    }

    private readonly struct IsGreaterOrEqual : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a >= b;
    }

    private readonly struct AreBoth : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => !T.IsZero(a) && !T.IsZero(b);
    }

    private readonly struct IsEither : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => !T.IsZero(a) || !T.IsZero(b);
    }

    private readonly struct AreDifferent : ITest
    {
        public static bool Of<T>(T a, T b)
            where T : INumber<T>
            => a != b;
    }
}
