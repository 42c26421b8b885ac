using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>
/// The scalar meaning of every kernel, in double and in one plain chain: the oracle for layers, whose values tests can also look into and
/// change without rounding to float32. Longer than most files because it holds the whole interface.
/// </summary>
internal sealed partial class DoubleKernels : IKernels
{
    public string Description => "double, for tests";

    public int Threads => 1;

    public static double[] Values(Storage storage) => ((Run)storage).Values;

    public Storage Allocate(int length) => new Run(length);

    public void Write(ReadOnlySpan<float> source, Storage destination, int offset = 0)
    {
        for (var i = 0; i < source.Length; i++)
            Values(destination)[offset + i] = source[i];
    }

    public void Read(Storage source, Span<float> destination, int offset = 0)
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = (float)Values(source)[offset + i];
    }

    public void Fill(Storage destination, int length, float value) => Array.Fill(Values(destination), value, 0, length);

    public void Copy(Storage source, int length, Storage destination) => Array.Copy(Values(source), Values(destination), length);

    public void DenseForward(in DenseShape shape, Storage x, Storage weight, Storage? bias, in Epilogue epilogue, Storage y)
    {
        var (a, w, o) = (Values(x), Values(weight), Values(y));
        for (var r = 0; r < shape.Rows; r++)
        {
            for (var n = 0; n < shape.Outputs; n++)
            {
                var sum = 0.0;
                for (var k = 0; k < shape.Inputs; k++)
                    sum += a[r * shape.Inputs + k] * w[k * shape.Outputs + n];
                o[r * shape.Outputs + n] = Finish(sum, n, bias, epilogue);
            }
        }
    }

    public void DenseInputGradient(in DenseShape shape, Storage dy, Storage weight, Storage dx)
    {
        var (g, w, o) = (Values(dy), Values(weight), Values(dx));
        for (var r = 0; r < shape.Rows; r++)
        {
            for (var k = 0; k < shape.Inputs; k++)
            {
                var sum = 0.0;
                for (var n = 0; n < shape.Outputs; n++)
                    sum += g[r * shape.Outputs + n] * w[k * shape.Outputs + n];
                o[r * shape.Inputs + k] = sum;
            }
        }
    }

    public void DenseWeightGradient(in DenseShape shape, Storage x, Storage dy, Storage dWeight, Storage? dBias)
    {
        var (a, g, o) = (Values(x), Values(dy), Values(dWeight));
        Array.Clear(o, 0, shape.Inputs * shape.Outputs);
        for (var r = 0; r < shape.Rows; r++)
        {
            for (var k = 0; k < shape.Inputs; k++)
            {
                var value = a[r * shape.Inputs + k];
                for (var n = 0; n < shape.Outputs; n++)
                    o[k * shape.Outputs + n] += value * g[r * shape.Outputs + n];
            }
        }

        SumChannels(shape.Rows, shape.Outputs, g, dBias);
    }

    public void Conv2DForward(in Conv2DShape shape, Storage x, Storage kernel, Storage? bias, in Epilogue epilogue, Storage y)
    {
        var (a, w, o) = (Values(x), Values(kernel), Values(y));
        Array.Clear(o, 0, shape.Batch * shape.OutputHeight * shape.OutputWidth * shape.Filters);
        Walk(shape, (xi, wi, yi, channels, filters) =>
        {
            for (var c = 0; c < channels; c++)
            {
                var value = a[xi + c];
                for (var f = 0; f < filters; f++)
                    o[yi + f] += value * w[wi + c * filters + f];
            }
        });
        for (var i = 0; i < shape.Batch * shape.OutputHeight * shape.OutputWidth * shape.Filters; i++)
            o[i] = Finish(o[i], i % shape.Filters, bias, epilogue);
    }

    public void Conv2DInputGradient(in Conv2DShape shape, Storage dy, Storage kernel, Storage dx)
    {
        var (g, w, o) = (Values(dy), Values(kernel), Values(dx));
        Array.Clear(o, 0, shape.Batch * shape.Height * shape.Width * shape.Channels);
        Walk(shape, (xi, wi, yi, channels, filters) =>
        {
            for (var c = 0; c < channels; c++)
            {
                for (var f = 0; f < filters; f++)
                    o[xi + c] += g[yi + f] * w[wi + c * filters + f];
            }
        });
    }

    public void Conv2DWeightGradient(in Conv2DShape shape, Storage x, Storage dy, Storage dKernel, Storage? dBias)
    {
        var (a, g, o) = (Values(x), Values(dy), Values(dKernel));
        Array.Clear(o, 0, shape.KernelHeight * shape.KernelWidth * shape.Channels * shape.Filters);
        Walk(shape, (xi, wi, yi, channels, filters) =>
        {
            for (var c = 0; c < channels; c++)
            {
                var value = a[xi + c];
                for (var f = 0; f < filters; f++)
                    o[wi + c * filters + f] += value * g[yi + f];
            }
        });
        SumChannels(shape.Batch * shape.OutputHeight * shape.OutputWidth, shape.Filters, g, dBias);
    }

    public void MaxPoolForward(in PoolShape shape, Storage x, Storage y)
    {
        var (a, o) = (Values(x), Values(y));
        Windows(shape, (best, yi) => o[yi] = a[best], a);
    }

    public void MaxPoolGradient(in PoolShape shape, Storage x, Storage y, Storage dy, Storage dx)
    {
        var (a, g, o) = (Values(x), Values(dy), Values(dx));
        Array.Clear(o, 0, shape.Batch * shape.Height * shape.Width * shape.Channels);
        Windows(shape, (best, yi) => o[best] += g[yi], a);
    }

    public void BatchNormStatistics(in ChannelShape shape, Storage x, Storage mean, Storage variance)
    {
        var (a, m, v) = (Values(x), Values(mean), Values(variance));
        var n = shape.Batch * shape.Positions;
        Array.Clear(m, 0, shape.Channels);
        Array.Clear(v, 0, shape.Channels);
        for (var i = 0; i < shape.Length; i++)
            m[i % shape.Channels] += a[i] / n;
        for (var i = 0; i < shape.Length; i++)
            v[i % shape.Channels] += (a[i] - m[i % shape.Channels]) * (a[i] - m[i % shape.Channels]) / n;
    }

    public void BatchNormForward(
        in ChannelShape shape, Storage x, Storage mean, Storage variance, Storage gamma, Storage beta, float epsilon, Storage y)
    {
        var (a, o) = (Values(x), Values(y));
        for (var i = 0; i < shape.Length; i++)
        {
            var c = i % shape.Channels;
            o[i] = Values(gamma)[c] * (a[i] - Values(mean)[c]) / Math.Sqrt(Values(variance)[c] + epsilon) + Values(beta)[c];
        }
    }

    public void BatchNormGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        var (a, g, o, dg, db) = (Values(x), Values(dy), Values(dx), Values(dGamma), Values(dBeta));
        var channels = shape.Channels;
        double n = shape.Batch * shape.Positions;
        Array.Clear(dg, 0, channels);
        Array.Clear(db, 0, channels);
        double Normal(int i) => (a[i] - Values(mean)[i % channels]) / Math.Sqrt(Values(variance)[i % channels] + epsilon);
        for (var i = 0; i < shape.Length; i++)
        {
            dg[i % channels] += g[i] * Normal(i);
            db[i % channels] += g[i];
        }

        for (var i = 0; i < shape.Length; i++)
        {
            var c = i % channels;
            o[i] = Values(gamma)[c] / Math.Sqrt(Values(variance)[c] + epsilon) / n * (n * g[i] - db[c] - Normal(i) * dg[c]);
        }
    }

    public void ReluForward(int length, Storage x, Storage y)
    {
        for (var i = 0; i < length; i++)
            Values(y)[i] = Math.Max(Values(x)[i], 0);
    }

    public void ReluGradient(int length, Storage y, Storage dy, Storage dx)
    {
        for (var i = 0; i < length; i++)
            Values(dx)[i] = Values(y)[i] > 0 ? Values(dy)[i] : 0;
    }

    public void Dropout(int length, float rate, ulong seed, ulong step, Storage x, Storage y)
    {
        for (var i = 0; i < length; i++)
        {
            var (a, b, c, d) = Philox.Draw(seed, (ulong)i / 4, step);
            uint[] words = [a, b, c, d];
            Values(y)[i] = Philox.ToSingle(words[i % 4]) >= rate ? Values(x)[i] / (1 - (double)rate) : 0;
        }
    }

    public void Softmax(int rows, int classes, Storage logits, Storage probabilities)
    {
        for (var r = 0; r < rows; r++)
        {
            var row = Values(logits).AsSpan(r * classes, classes);
            var max = double.NegativeInfinity;
            foreach (var value in row)
                max = Math.Max(max, value);
            var sum = 0.0;
            foreach (var value in row)
                sum += Math.Exp(value - max);
            for (var c = 0; c < classes; c++)
                Values(probabilities)[r * classes + c] = Math.Exp(row[c] - max) / sum;
        }
    }

    public void SoftmaxCrossEntropy(int rows, int classes, Storage logits, Storage targets, Storage losses, Storage dLogits)
    {
        Softmax(rows, classes, logits, dLogits);
        var (g, t) = (Values(dLogits), Values(targets));
        for (var r = 0; r < rows; r++)
        {
            var (loss, total) = (0.0, 0.0);
            for (var i = r * classes; i < (r + 1) * classes; i++)
                (loss, total) = (t[i] == 0 ? loss : loss - t[i] * Math.Log(Math.Max(g[i], 1e-300)), total + t[i]);
            Values(losses)[r] = loss;
            for (var i = r * classes; i < (r + 1) * classes; i++)
                g[i] = (g[i] * total - t[i]) / rows;
        }
    }

    public void Dispose()
    {
    }

    private static double Finish(double sum, int channel, Storage? bias, in Epilogue epilogue)
    {
        sum += bias is null ? 0 : Values(bias)[channel];
        sum *= epilogue.Scale is null ? 1 : Values(epilogue.Scale)[channel];
        sum += epilogue.Shift is null ? 0 : Values(epilogue.Shift)[channel];
        return epilogue.Relu ? Math.Max(sum, 0) : sum;
    }

    private static void SumChannels(int rows, int channels, double[] values, Storage? sums)
    {
        if (sums is null)
            return;
        Array.Clear(Values(sums), 0, channels);
        for (var i = 0; i < rows * channels; i++)
            Values(sums)[i % channels] += values[i];
    }

    private static void Walk(Conv2DShape s, Action<int, int, int, int, int> at)
    {
        for (var b = 0; b < s.Batch; b++)
        {
            for (var oy = 0; oy < s.OutputHeight; oy++)
            {
                for (var ox = 0; ox < s.OutputWidth; ox++)
                {
                    for (var ky = 0; ky < s.KernelHeight; ky++)
                    {
                        for (var kx = 0; kx < s.KernelWidth; kx++)
                        {
                            var (iy, ix) = (oy * s.StrideHeight + ky - s.PadTop, ox * s.StrideWidth + kx - s.PadLeft);
                            if (iy < 0 || ix < 0 || iy >= s.Height || ix >= s.Width)
                                continue;
                            at(((b * s.Height + iy) * s.Width + ix) * s.Channels, (ky * s.KernelWidth + kx) * s.Channels * s.Filters,
                                ((b * s.OutputHeight + oy) * s.OutputWidth + ox) * s.Filters, s.Channels, s.Filters);
                        }
                    }
                }
            }
        }
    }

    private static void Windows(PoolShape s, Action<int, int> found, double[] x)
    {
        for (var i = 0; i < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; i++)
        {
            var c = i % s.Channels;
            var ox = i / s.Channels % s.OutputWidth;
            var oy = i / s.Channels / s.OutputWidth % s.OutputHeight;
            var b = i / s.Channels / s.OutputWidth / s.OutputHeight;
            var best = -1;
            for (var ky = 0; ky < s.PoolHeight; ky++)
            {
                for (var kx = 0; kx < s.PoolWidth; kx++)
                {
                    var (iy, ix) = (oy * s.StrideHeight + ky - s.PadTop, ox * s.StrideWidth + kx - s.PadLeft);
                    if (iy < 0 || ix < 0 || iy >= s.Height || ix >= s.Width)
                        continue;
                    var at = ((b * s.Height + iy) * s.Width + ix) * s.Channels + c;
                    if (best < 0 || x[at] > x[best])
                        best = at;
                }
            }

            found(best, i);
        }
    }

    private sealed class Run(int length) : Storage
    {
        public double[] Values { get; } = new double[length];

        public override int Length => Values.Length;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
