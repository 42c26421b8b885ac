using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>ArgMax and ArgMin: of equal values the first, or the last where the node says so.</summary>
internal static class ArgExtreme
{
    public static OnnxTensor Max(OnnxCall call) => Numeric.Run<Largest>(call);

    public static OnnxTensor Min(OnnxCall call) => Numeric.Run<Smallest>(call);

    private static OnnxTensor Find<T>(OnnxCall call, int sign)
        where T : unmanaged, INumber<T>
    {
        var x = call.Input(0);
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var last = call.Flag("select_last_index", false);
        var length = x.Sizes[axis];
        if (length == 0)
            throw call.Wrong("looks for an extreme among no values");
        int[] sizes = call.Flag("keepdims", true) ? [.. x.Sizes[..axis], 1, .. x.Sizes[(axis + 1)..]] : [.. x.Sizes[..axis], .. x.Sizes[(axis + 1)..]];
        var y = call.New(TensorType.I64, sizes);
        var inner = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis + 1));
        var from = x.As<T>();
        var to = y.As<long>();
        for (var i = 0; i < to.Length; i++)
        {
            var start = (i / inner * length * inner) + (i % inner);
            var best = 0;
            for (var k = 1; k < length; k++)
            {
                var order = from[start + (k * inner)].CompareTo(from[start + (best * inner)]) * sign;
                if (order > 0 || (order == 0 && last))
                    best = k;
            }

            to[i] = best;
        }

        return y;
    }

    private readonly struct Largest : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => Find<T>(call, 1);
    }

    private readonly struct Smallest : INumericOperator
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => Find<T>(call, -1);
    }
}
