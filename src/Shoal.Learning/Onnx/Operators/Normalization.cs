using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>BatchNormalization and LayerNormalization; means and variances are sums in double.</summary>
internal static class Normalization
{
    public static OnnxTensor[] Batch(OnnxCall call) => Numeric.RunFloat<OverBatch>(call);

    public static OnnxTensor[] Layer(OnnxCall call) => Numeric.RunFloat<OverLayer>(call);

    /// <summary>x (batch, channels, …), the others (channels). In training mode, since version 14, with the batch's statistics, which are the further outputs.</summary>
    private readonly struct OverBatch : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var x = call.Input(0);
            if (x.Rank < 2)
                throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)}, expected (batch, channels, …)");
            if (!call.Flag("spatial", true))
                throw call.Unsupported("normalises each position for itself");
            var channels = x.Sizes[1];
            var inputs = new OnnxTensor[5];
            for (var i = 1; i < inputs.Length; i++)
            {
                inputs[i] = call.Same(i);
                if (inputs[i].Count != channels)
                    throw call.Wrong($"has an input {i} of shape {OnnxTensor.Format(inputs[i].Sizes)} for {channels} channels");
            }

            var epsilon = T.CreateTruncating(call.Single("epsilon", 1e-5f));
            var positions = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(2));
            OnnxTensor[] outputs = [call.New(x.Type, x.Sizes)];
            var (mean, variance) = (inputs[3], inputs[4]);
            if (call.Flag("training_mode", false))
            {
                (mean, variance) = Statistics<T>(call, x, channels, positions);
                var momentum = T.CreateTruncating(call.Single("momentum", 0.9f));
                outputs = [outputs[0], Blend(call, inputs[3], mean, momentum), Blend(call, inputs[4], variance, momentum)];
            }

            Apply(x.As<T>(), inputs[1].As<T>(), inputs[2].As<T>(), mean.As<T>(), variance.As<T>(), epsilon, positions, outputs[0].As<T>());
            return outputs;
        }

        private static void Apply<T>(
            ReadOnlySpan<T> x, ReadOnlySpan<T> scale, ReadOnlySpan<T> shift, ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, T epsilon, int positions, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (var start = 0; start < y.Length; start += positions)
            {
                var channel = start / positions % mean.Length;
                var factor = scale[channel] / T.Sqrt(variance[channel] + epsilon);
                for (var i = start; i < start + positions; i++)
                    y[i] = T.FusedMultiplyAdd(x[i] - mean[channel], factor, shift[channel]);
            }
        }

        private static (OnnxTensor Mean, OnnxTensor Variance) Statistics<T>(OnnxCall call, OnnxTensor x, int channels, int positions)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (mean, variance) = (call.New(x.Type, channels), call.New(x.Type, channels));
            var values = x.As<T>();
            var count = x.Sizes[0] * positions;
            for (var channel = 0; channel < channels; channel++)
            {
                var (sum, squares) = (0.0, 0.0);
                for (var i = 0; i < count; i++)
                    sum += double.CreateTruncating(values[At(i, channel)]);
                var centre = sum / count;
                for (var i = 0; i < count; i++)
                {
                    var d = double.CreateTruncating(values[At(i, channel)]) - centre;
                    squares += d * d;
                }

                mean.As<T>()[channel] = T.CreateTruncating(centre);
                variance.As<T>()[channel] = T.CreateTruncating(squares / count);
            }

            return (mean, variance);

            int At(int i, int channel) => (((i / positions * channels) + channel) * positions) + (i % positions);
        }

        private static OnnxTensor Blend<T>(OnnxCall call, OnnxTensor running, OnnxTensor batch, T momentum)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var y = call.New(running.Type, running.Sizes);
            var old = running.As<T>();
            var now = batch.As<T>();
            var to = y.As<T>();
            for (var i = 0; i < to.Length; i++)
                to[i] = (old[i] * momentum) + (now[i] * (T.One - momentum));
            return y;
        }
    }

    /// <summary>Each row of the axes from the given one on to mean 0 and variance 1, then scale and shift; mean and 1/deviation are the further outputs.</summary>
    private readonly struct OverLayer : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var (x, scale, shift) = (call.Input(0), call.Same(1), call.Optional(2));
            var axis = call.Axis(call.Integer("axis", -1), x.Rank);
            var length = (int)OnnxTensor.CountOf(x.Sizes.AsSpan(axis));
            if (scale.Count != length || (shift is not null && shift.Count != length))
                throw call.Wrong($"scales rows of {length} values by {scale.Count}");
            double epsilon = call.Single("epsilon", 1e-5f);
            int[] rows = [.. x.Sizes[..axis], .. Enumerable.Repeat(1, x.Rank - axis)];
            var (y, mean, deviation) = (call.New(x.Type, x.Sizes), call.New(x.Type, rows), call.New(x.Type, rows));
            for (var row = 0; row < mean.Count && length > 0; row++)
            {
                var (sum, squares) = (0.0, 0.0);
                var from = x.As<T>().Slice(row * length, length);
                foreach (var value in from)
                    sum += double.CreateTruncating(value);
                var centre = sum / length;
                foreach (var value in from)
                    squares += (double.CreateTruncating(value) - centre) * (double.CreateTruncating(value) - centre);
                var inverse = 1 / Math.Sqrt((squares / length) + epsilon);
                var to = y.As<T>().Slice(row * length, length);
                for (var i = 0; i < length; i++)
                {
                    var normal = (double.CreateTruncating(from[i]) - centre) * inverse * double.CreateTruncating(scale.As<T>()[i]);
                    to[i] = T.CreateTruncating(normal + (shift is null ? 0 : double.CreateTruncating(shift.As<T>()[i])));
                }

                mean.As<T>()[row] = T.CreateTruncating(centre);
                deviation.As<T>()[row] = T.CreateTruncating(inverse);
            }

            return [y, mean, deviation];
        }
    }
}
