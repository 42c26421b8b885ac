using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>Clip: the bounds are attributes before version 11, inputs since; min(max(x, low), high).</summary>
internal static class Clip
{
    public static OnnxTensor Run(OnnxCall call) => Numeric.Run<Bounded>(call);

    private readonly struct Bounded : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (x, low, high) = (call.Input(0), Bound(call, 1, "min", T.MinValue), Bound(call, 2, "max", T.MaxValue));
            var y = call.New(x.Type, x.Sizes);
            var from = x.As<T>();
            var to = y.As<T>();
            for (var i = 0; i < to.Length; i++)
            {
                var value = from[i] < low ? low : from[i];
                to[i] = value > high ? high : value;
            }

            return y;
        }

        private static T Bound<T>(OnnxCall call, int input, string attribute, T absent)
            where T : unmanaged, INumber<T>
        {
            if (call.Opset < 11)
                return call.Has(attribute) ? T.CreateSaturating(call.Single(attribute, 0)) : absent;
            if (call.Optional(input) is null)
                return absent;
            var bound = call.Same(input);
            return bound.Count == 1 ? bound.As<T>()[0] : throw call.Wrong($"has {bound.Count} values as {attribute}, expected one");
        }
    }
}
