using System.Numerics;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>MatMul and Gemm: each output is one chain of fused multiply-adds over the inner axis; of floats by the kernels, which keep the same order.</summary>
internal static class Product
{
    /// <summary>Products below this many multiplications are not worth the way to the kernels.</summary>
    private const long Small = 2048;

    private interface IMultiplyAdd<T>
    {
        static abstract T Of(T a, T b, T sum);
    }

    /// <summary>As NumPy: leading axes are broadcast, a vector is a row on the left and a column on the right.</summary>
    public static OnnxTensor MatMul(OnnxCall call)
    {
        var (first, second) = (call.Input(0), call.Same(1));
        if (first.Rank == 0 || second.Rank == 0)
            throw call.Wrong("multiplies a single value");
        var a = first.Rank == 1 ? [1, .. first.Sizes] : first.Sizes;
        var b = second.Rank == 1 ? [.. second.Sizes, 1] : second.Sizes;
        var (rows, inner, columns) = (a[^2], a[^1], b[^1]);
        if (b[^2] != inner)
            throw call.Wrong($"cannot multiply {OnnxTensor.Format(first.Sizes)} by {OnnxTensor.Format(second.Sizes)}");
        var plan = Broadcast.Of(call, [.. a[..^2], 1], [.. b[..^2], 1]);
        var y = call.New(first.Type, [.. plan.Sizes[..^1], .. first.Rank == 1 ? [] : a[^2..^1], .. second.Rank == 1 ? [] : b[^1..]]);
        if (y.Count == 0)
            return y;
        // Of all stacks of the left matrix with one right one: a single product.
        if (b.Length == 2)
        {
            Multiply(call, first, second, y, 0, 0, 0, y.Count / columns, inner, columns, b: 1);
            return y;
        }

        var walk = plan.Rows();
        for (var at = 0; at < y.Count; at += rows * columns)
        {
            Multiply(call, first, second, y, walk.Offsets[0] * rows * inner, walk.Offsets[1] * inner * columns, at, rows, inner, columns, b: null);
            walk.Next();
        }

        return y;
    }

    /// <summary>y = alpha·A'·B' + beta·C, where ' may transpose and C is broadcast.</summary>
    public static OnnxTensor Gemm(OnnxCall call)
    {
        var (a, b) = (Turned(call, 0, "transA"), call.Input(1, 2));
        var transposed = call.Flag("transB", false);
        var (rows, inner) = (a.Sizes[0], a.Sizes[1]);
        var columns = b.Sizes[transposed ? 0 : 1];
        if (b.Sizes[transposed ? 1 : 0] != inner || b.Type != a.Type)
            throw call.Wrong($"cannot multiply {a} by {b}{(transposed ? ", transposed" : "")}");
        var y = call.New(a.Type, rows, columns);
        if (y.Count == 0)
            return y;
        if (UsesKernels(a, rows, inner, columns))
        {
            var weights = call.Weights(1, b.Count, (x, to) => Copy(x, to, transposed));
            ByKernels(call, call.OnKernels(a, channelsLast: false), weights, y.As<float>(), rows, inner, columns);
        }
        else
        {
            var right = transposed ? Moves.Restride(call, b, [inner, columns], [1, inner]) : b;
            Multiply(call, a, right, y, 0, 0, 0, rows, inner, columns, b: null);
        }

        switch (a.Type)
        {
            case TensorType.F32:
                Finish<float>(call, y);
                break;
            case TensorType.F64:
                Finish<double>(call, y);
                break;
            case TensorType.I32:
                Finish<int>(call, y);
                break;
            case TensorType.I64:
                Finish<long>(call, y);
                break;
            default:
                throw call.WrongType(a.Type);
        }

        return y;
    }

    private static OnnxTensor Turned(OnnxCall call, int input, string attribute)
    {
        var x = call.Input(input, 2);
        return call.Flag(attribute, false) ? Moves.Restride(call, x, [x.Sizes[1], x.Sizes[0]], [1, x.Sizes[1]]) : x;
    }

    private static void Finish<T>(OnnxCall call, OnnxTensor y)
        where T : unmanaged, INumber<T>
    {
        var (alpha, beta) = (T.CreateTruncating(call.Single("alpha", 1)), T.CreateTruncating(call.Single("beta", 1)));
        if (alpha != T.One)
        {
            foreach (ref var value in y.As<T>())
                value *= alpha;
        }

        if (call.Optional(2) is null)
            return;
        var c = call.Same(2);
        var plan = Broadcast.Of(call, y.Sizes, c.Sizes);
        if (!plan.Sizes.AsSpan().SequenceEqual(y.Sizes))
            throw call.Wrong($"adds {OnnxTensor.Format(c.Sizes)} to {OnnxTensor.Format(y.Sizes)}");
        var (walk, step) = (plan.Rows(), plan.Step(1));
        var shift = c.As<T>();
        for (var start = 0; start < y.Count; start += plan.RowLength)
        {
            var row = y.As<T>().Slice(start, plan.RowLength);
            for (var i = 0; i < row.Length; i++)
                row[i] += beta * shift[walk.Offsets[1] + (i * step)];
            walk.Next();
        }
    }

    private static bool UsesKernels(OnnxTensor a, long rows, long inner, long columns) =>
        a.Type == TensorType.F32 && inner > 0 && rows * inner * columns >= Small;

    /// <param name="call">The call.</param>
    /// <param name="first">Left factors.</param>
    /// <param name="second">Right factors.</param>
    /// <param name="y">Results.</param>
    /// <param name="atFirst">Where the left matrix begins.</param>
    /// <param name="atSecond">Where the right one begins.</param>
    /// <param name="at">Where the result begins.</param>
    /// <param name="rows">Rows of the left one.</param>
    /// <param name="inner">Its columns.</param>
    /// <param name="columns">Columns of the right one.</param>
    /// <param name="b">The number of the input that is the right matrix as a whole, or null.</param>
    private static void Multiply(
        OnnxCall call, OnnxTensor first, OnnxTensor second, OnnxTensor y, int atFirst, int atSecond, int at, int rows, int inner, int columns, int? b)
    {
        var (left, right, to) = (rows * inner, inner * columns, rows * columns);
        if (UsesKernels(first, rows, inner, columns))
        {
            var (x, weights) = b is { } input
                ? (call.OnKernels(first, channelsLast: false), call.Weights(input, right, (w, copy) => Copy(w, copy, transposed: false)))
                : Scratch(call, first.As<float>().Slice(atFirst, left), second.As<float>().Slice(atSecond, right));
            ByKernels(call, x, weights, y.As<float>().Slice(at, to), rows, inner, columns);
            return;
        }

        switch (first.Type)
        {
            case TensorType.F32:
                Loops<float, Fused<float>>();
                break;
            case TensorType.F64:
                Loops<double, Fused<double>>();
                break;
            case TensorType.I32:
                Loops<int, Plain<int>>();
                break;
            case TensorType.I64:
                Loops<long, Plain<long>>();
                break;
            default:
                throw call.WrongType(first.Type);
        }

        void Loops<T, TMultiplyAdd>()
            where T : unmanaged, INumber<T>
            where TMultiplyAdd : IMultiplyAdd<T>
        {
            ReadOnlySpan<T> x = first.As<T>().Slice(atFirst, left), w = second.As<T>().Slice(atSecond, right);
            var result = y.As<T>().Slice(at, to);
            for (var row = 0; row < rows; row++)
            {
                var sums = result.Slice(row * columns, columns);
                for (var k = 0; k < inner; k++)
                {
                    var factor = x[(row * inner) + k];
                    var line = w.Slice(k * columns, columns);
                    for (var column = 0; column < sums.Length; column++)
                        sums[column] = TMultiplyAdd.Of(factor, line[column], sums[column]);
                }
            }
        }
    }

    private static (Storage X, Storage Weights) Scratch(OnnxCall call, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (x, weights) = (call.Executor.ScratchInput(call.Reserve(a.Length)), call.Executor.ScratchWeights(call.Reserve(b.Length)));
        call.Kernels.Write(a, x);
        call.Kernels.Write(b, weights);
        return (x, weights);
    }

    private static void ByKernels(OnnxCall call, Storage x, Storage weights, Span<float> y, int rows, int inner, int columns)
    {
        var output = call.Executor.ScratchOutput(call.Reserve(y.Length));
        call.Kernels.DenseForward(new(rows, inner, columns), x, weights, bias: null, default, output);
        call.Kernels.Read(output, y);
    }

    private static void Copy(OnnxTensor x, Span<float> to, bool transposed)
    {
        var from = x.As<float>();
        if (!transposed)
        {
            from.CopyTo(to);
            return;
        }

        var (rows, columns) = (x.Sizes[0], x.Sizes[1]);
        for (var i = 0; i < to.Length; i++)
            to[i] = from[(i % rows * columns) + (i / rows)];
    }

    private readonly struct Fused<T> : IMultiplyAdd<T>
        where T : IFloatingPointIeee754<T>
    {
        public static T Of(T a, T b, T sum) => T.FusedMultiplyAdd(a, b, sum);
    }

    private readonly struct Plain<T> : IMultiplyAdd<T>
        where T : INumber<T>
    {
        public static T Of(T a, T b, T sum) => (a * b) + sum;
    }
}
