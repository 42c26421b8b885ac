using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>What is done to two numbers of one type.</summary>
internal interface IBinary
{
    static abstract T Of<T>(T a, T b)
        where T : INumber<T>;
}

/// <summary>Add, Sub, Mul, Div, and Max, Min, Sum and Mean of several inputs; integers wrap, their division cuts towards zero.</summary>
internal static class Arithmetic
{
    public static OnnxTensor Add(OnnxCall call) => Numeric.Run<Pair<Plus>>(call);

    public static OnnxTensor Subtract(OnnxCall call) => Numeric.Run<Pair<Minus>>(call);

    public static OnnxTensor Multiply(OnnxCall call) => Numeric.Run<Pair<Times>>(call);

    public static OnnxTensor Divide(OnnxCall call) => Numeric.Run<Pair<Over>>(call);

    public static OnnxTensor Maximum(OnnxCall call) => Numeric.Run<Several<Larger>>(call);

    public static OnnxTensor Minimum(OnnxCall call) => Numeric.Run<Several<Smaller>>(call);

    public static OnnxTensor Sum(OnnxCall call) => Numeric.Run<Several<Plus>>(call);

    public static OnnxTensor Mean(OnnxCall call)
    {
        var sum = Sum(call);
        if (sum.Type == TensorType.F32)
            Scale(sum.As<float>(), call.InputCount);
        else if (sum.Type == TensorType.F64)
            Scale(sum.As<double>(), call.InputCount);
        else
            throw call.WrongType(sum.Type);
        return sum;
    }

    /// <summary>The second operand, moved under the axis that versions before 7 could name.</summary>
    public static int[] Aligned(OnnxCall call, OnnxTensor a, OnnxTensor b)
    {
        if (call.Opset >= 7 || !call.Has("axis"))
            return b.Sizes;
        var axis = call.Axis(call.Integer("axis", -1), a.Rank);
        return axis + b.Rank <= a.Rank
            ? [.. b.Sizes, .. Enumerable.Repeat(1, a.Rank - axis - b.Rank)]
            : throw call.Wrong($"has inputs of shapes {OnnxTensor.Format(a.Sizes)} and {OnnxTensor.Format(b.Sizes)}, which do not fit at axis {axis}");
    }

    private static OnnxTensor Combine<TBinary, T>(OnnxCall call, OnnxTensor first, OnnxTensor second, int[] secondSizes)
        where TBinary : IBinary
        where T : unmanaged, INumber<T>
    {
        if (first.IsChannelsLast == second.IsChannelsLast && first.Sizes.AsSpan().SequenceEqual(secondSizes))
            return Straight<TBinary, T>(call, first, second);
        var plan = Broadcast.Of(call, first.Sizes, secondSizes);
        var result = call.New(first.Type, plan.Sizes);
        ReadOnlySpan<T> a = first.As<T>(), b = second.As<T>();
        var y = result.As<T>();
        var (rows, stepA, stepB) = (plan.Rows(), plan.Step(0), plan.Step(1));
        for (var start = 0; start < y.Length; start += plan.RowLength)
        {
            var (atA, atB) = (rows.Offsets[0], rows.Offsets[1]);
            foreach (ref var value in y.Slice(start, plan.RowLength))
            {
                value = TBinary.Of(a[atA], b[atB]);
                atA += stepA;
                atB += stepB;
            }

            rows.Next();
        }

        return result;
    }

    /// <summary>Two of one shape, in whatever order they lie.</summary>
    private static OnnxTensor Straight<TBinary, T>(OnnxCall call, OnnxTensor first, OnnxTensor second)
        where TBinary : IBinary
        where T : unmanaged, INumber<T>
    {
        var result = call.NewLike(first);
        ReadOnlySpan<T> a = first.Raw<T>(), b = second.Raw<T>();
        var y = result.Raw<T>();
        for (var i = 0; i < y.Length; i++)
            y[i] = TBinary.Of(a[i], b[i]);
        return result;
    }

    private static void Scale<T>(Span<T> values, int count)
        where T : INumber<T>
    {
        foreach (ref var value in values)
            value /= T.CreateChecked(count);
    }

    private readonly struct Pair<TBinary> : INumericOperator
        where TBinary : IBinary
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (a, b) = (call.Input(0), call.Same(1));
            return Combine<TBinary, T>(call, a, b, Aligned(call, a, b));
        }
    }

    private readonly struct Several<TBinary> : INumericOperator
        where TBinary : IBinary
    {
        public static OnnxTensor Run<T>(OnnxCall call)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            // A copy, so that the result of a single input may be written to.
            var result = call.New(call.Input(0).Type, call.Input(0).Sizes);
            call.Input(0).Bytes.CopyTo(result.Bytes);
            for (var i = 1; i < call.InputCount; i++)
                result = Combine<TBinary, T>(call, result, call.Same(i), call.Input(i).Sizes);
            return result;
        }
    }

    private readonly struct Plus : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => a + b;
    }

    private readonly struct Minus : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => a - b;
    }

    private readonly struct Times : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => a * b;
    }

    private readonly struct Over : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => a / b;
    }

    private readonly struct Larger : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => T.Max(a, b);
    }

    private readonly struct Smaller : IBinary
    {
        public static T Of<T>(T a, T b)
            where T : INumber<T>
            => T.Min(a, b);
    }
}
