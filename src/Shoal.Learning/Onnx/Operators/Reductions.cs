using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>
/// ReduceSum, -Mean, -Max, -Min and their kin: one chain over the elements in row-major order; of floats in double, rounded once at the end, of
/// integers in their own type.
/// </summary>
internal static class Reductions
{
    private interface IReduction
    {
        /// <summary>What an element adds; the first one alone is the chain's start.</summary>
        static abstract T Step<T>(T sum, T value)
            where T : INumber<T>;

        static virtual T First<T>(T value)
            where T : INumber<T>
            => value;

        static virtual T Last<T>(T sum, int count)
            where T : INumber<T>
            => sum;

        /// <summary>The result over nothing, or null where there is none.</summary>
        static abstract double? Empty { get; }
    }

    public static OnnxTensor Sum(OnnxCall call) => Numeric.Run<Over<Adding>>(call);

    public static OnnxTensor Mean(OnnxCall call) => Numeric.Run<Over<Averaging>>(call);

    public static OnnxTensor Max(OnnxCall call) => Numeric.Run<Over<Largest>>(call);

    public static OnnxTensor Min(OnnxCall call) => Numeric.Run<Over<Smallest>>(call);

    public static OnnxTensor Product(OnnxCall call) => Numeric.Run<Over<Multiplying>>(call);

    public static OnnxTensor SumOfSquares(OnnxCall call) => Numeric.Run<Over<Squaring>>(call);

    /// <summary>The axes to reduce: an attribute, or an input since version 13 (ReduceSum) and 18 (the others); none means all, unless the node says so.</summary>
    private static int[] Axes(OnnxCall call, int rank)
    {
        var asked = call.Integers("axes") ?? call.IntegersFrom(1);
        return asked is { Length: > 0 } ? call.Axes(asked, rank) : call.Flag("noop_with_empty_axes", false) ? [] : Moves.All(rank);
    }

    private static OnnxTensor Reduce<TReduction, T, TSum>(OnnxCall call)
        where TReduction : IReduction
        where T : unmanaged, INumber<T>
        where TSum : INumber<TSum>
    {
        var x = call.Input(0);
        var axes = Axes(call, x.Rank);
        if (axes.Length == 0 && x.Rank > 0)
            return x;
        var keep = call.Flag("keepdims", true);
        var kept = Moves.All(x.Rank).Except(axes).ToArray();
        var strides = Odometer.Strides(x.Sizes);
        int[] sizes = [.. keep ? x.Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size) : kept.Select(axis => x.Sizes[axis])];
        var y = call.New(x.Type, sizes);
        int[] reduced = [.. axes.Select(axis => x.Sizes[axis])];
        var count = (int)OnnxTensor.CountOf(reduced);
        var outer = new Odometer([.. kept.Select(axis => x.Sizes[axis])], [.. kept.Select(axis => strides[axis])]);
        var inner = new Odometer(reduced, [.. axes.Select(axis => strides[axis])]);
        var from = x.As<T>();
        var to = y.As<T>();
        for (var i = 0; i < to.Length; i++)
        {
            if (count == 0)
            {
                to[i] = T.CreateTruncating(TReduction.Empty ?? throw call.Wrong("reduces an axis without values"));
                continue;
            }

            var start = outer.Offsets[0];
            var sum = TReduction.First(TSum.CreateTruncating(from[start + inner.Offsets[0]]));
            inner.Next();
            for (var k = 1; k < count; k++)
            {
                sum = TReduction.Step(sum, TSum.CreateTruncating(from[start + inner.Offsets[0]]));
                inner.Next();
            }

            to[i] = T.CreateTruncating(TReduction.Last(sum, count));
            outer.Next();
        }

        return y;
    }

    private readonly struct Over<TReduction> : INumericOperator
        where TReduction : IReduction
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half)
                ? Reduce<TReduction, T, double>(call)
                : Reduce<TReduction, T, T>(call);
    }

    private readonly struct Adding : IReduction
    {
        public static double? Empty => 0;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => sum + value;
    }

    private readonly struct Averaging : IReduction
    {
        public static double? Empty => null;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => sum + value;

        public static T Last<T>(T sum, int count)
            where T : INumber<T>
            => sum / T.CreateTruncating(count);
    }

    private readonly struct Largest : IReduction
    {
        public static double? Empty => null;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => T.Max(sum, value);
    }

    private readonly struct Smallest : IReduction
    {
        public static double? Empty => null;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => T.Min(sum, value);
    }

    private readonly struct Multiplying : IReduction
    {
        public static double? Empty => 1;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => sum * value;
    }

    private readonly struct Squaring : IReduction
    {
        public static double? Empty => 0;

        public static T First<T>(T value)
            where T : INumber<T>
            => value * value;

        public static T Step<T>(T sum, T value)
            where T : INumber<T>
            => sum + (value * value);
    }
}
