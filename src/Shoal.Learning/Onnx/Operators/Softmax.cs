using System.Numerics;
using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>
/// Softmax and LogSoftmax: exp(x − max) over its sum, computed in double. Before version 13 over all axes from the given one on, since then over that
/// axis alone.
/// </summary>
internal static class Softmax
{
    public static OnnxTensor[] Run(OnnxCall call) => Numeric.RunFloat<Plain>(call);

    public static OnnxTensor[] RunLog(OnnxCall call) => Numeric.RunFloat<Logarithmic>(call);

    private static OnnxTensor[] Compute<T>(OnnxCall call, bool logarithm)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var x = call.Input(0);
        var old = call.Opset < 13;
        var axis = x.Rank == 0 ? 0 : call.Axis(call.Integer("axis", old ? Math.Min(1, x.Rank - 1) : -1), x.Rank);
        var length = x.Rank == 0 ? 1 : old ? (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis)) : x.Sizes[axis];
        var inner = old || x.Rank == 0 ? 1 : (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis + 1));
        var y = call.New(x.Type, x.Sizes);
        var from = x.As<T>();
        var to = y.As<T>();
        var terms = new double[call.Reserve(length, sizeof(double))];
        for (var line = 0; line * (long)length < to.Length && length > 0; line++)
        {
            var start = (line / inner * length * inner) + (line % inner);
            var largest = double.NegativeInfinity;
            for (var k = 0; k < length; k++)
                largest = Math.Max(largest, double.CreateTruncating(from[start + (k * inner)]));
            var sum = 0.0;
            for (var k = 0; k < length; k++)
            {
                terms[k] = double.CreateTruncating(from[start + (k * inner)]) - largest;
                var e = SpecialFunctions.Exp(terms[k]);
                sum += e;
                terms[k] = logarithm ? terms[k] : e;
            }

            var log = logarithm ? SpecialFunctions.Log(sum) : 0;
            for (var k = 0; k < length; k++)
                to[start + (k * inner)] = T.CreateTruncating(logarithm ? terms[k] - log : terms[k] / sum);
        }

        return [y];
    }

    private readonly struct Plain : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
            => Compute<T>(call, logarithm: false);
    }

    private readonly struct Logarithmic : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
            => Compute<T>(call, logarithm: true);
    }
}
