using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

internal sealed partial class DoubleKernels
{
    private static readonly double RootTwoOverPi = Math.Sqrt(2 / Math.PI);

    public void Activate(ActivationFunction function, float parameter, int length, Storage x, Storage y)
    {
        for (var i = 0; i < length; i++)
        {
            var v = Values(x)[i];
            Values(y)[i] = function switch
            {
                ActivationFunction.LeakyRelu => v > 0 ? v : parameter * v,
                ActivationFunction.Elu => v > 0 ? v : parameter * (Math.Exp(v) - 1),
                ActivationFunction.Sigmoid => Logistic(v),
                ActivationFunction.Tanh => Math.Tanh(v),
                ActivationFunction.Softplus => Math.Max(v, 0) + Math.Log(1 + Math.Exp(-Math.Abs(v))),
                ActivationFunction.Gelu => v * Normal(v),
                _ => v / 2 * (1 + Math.Tanh(RootTwoOverPi * (v + (0.044715 * v * v * v)))),
            };
        }
    }

    public void ActivateGradient(ActivationFunction function, float parameter, int length, Storage value, Storage dy, Storage dx)
    {
        for (var i = 0; i < length; i++)
        {
            var v = Values(value)[i];
            Values(dx)[i] = Values(dy)[i] * function switch
            {
                ActivationFunction.LeakyRelu => v > 0 ? 1 : parameter,
                ActivationFunction.Elu => v > 0 ? 1 : v + parameter,
                ActivationFunction.Sigmoid => v * (1 - v),
                ActivationFunction.Tanh => 1 - (v * v),
                ActivationFunction.Softplus => 1 - Math.Exp(-v),
                ActivationFunction.Gelu => Normal(v) + (v * Math.Exp(-v * v / 2) / Math.Sqrt(2 * Math.PI)),
                _ => GeluTanhSlope(v),
            };
        }
    }

    public void SoftmaxGradient(int rows, int classes, Storage probabilities, Storage dy, Storage dx)
    {
        var (p, g, o) = (Values(probabilities), Values(dy), Values(dx));
        for (var first = 0; first < rows * classes; first += classes)
        {
            var sum = 0.0;
            for (var i = first; i < first + classes; i++)
                sum += p[i] * g[i];
            for (var i = first; i < first + classes; i++)
                o[i] = p[i] * (g[i] - sum);
        }
    }

    public void AveragePoolForward(in PoolShape shape, Storage x, Storage y)
    {
        var (a, o) = (Values(x), Values(y));
        Pixels(shape, (yi, pixels) => o[yi] = pixels.Average(xi => a[xi]));
    }

    public void AveragePoolGradient(in PoolShape shape, Storage dy, Storage dx)
    {
        var (g, o) = (Values(dy), Values(dx));
        Array.Clear(o, 0, shape.Batch * shape.Height * shape.Width * shape.Channels);
        Pixels(shape, (yi, pixels) => pixels.ForEach(xi => o[xi] += g[yi] / pixels.Count));
    }

    public void LayerNormForward(in ChannelShape shape, Storage x, Storage gamma, Storage beta, float epsilon, Storage y)
    {
        for (var first = 0; first < shape.Length; first += shape.Channels)
        {
            var normal = Normalised(Values(x).AsSpan(first, shape.Channels), epsilon, out _);
            for (var c = 0; c < normal.Length; c++)
                Values(y)[first + c] = Values(gamma)[c] * normal[c] + Values(beta)[c];
        }
    }

    public void LayerNormGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        var n = shape.Channels;
        Array.Clear(Values(dGamma), 0, n);
        Array.Clear(Values(dBeta), 0, n);
        for (var first = 0; first < shape.Length; first += n)
        {
            var normal = Normalised(Values(x).AsSpan(first, n), epsilon, out var deviation);
            var d = Values(dy).AsSpan(first, n).ToArray();
            var g = d.Select((value, c) => value * Values(gamma)[c]).ToArray();
            var (mean, product) = (g.Average(), g.Select((value, c) => value * normal[c]).Average());
            for (var c = 0; c < n; c++)
            {
                Values(dGamma)[c] += d[c] * normal[c];
                Values(dBeta)[c] += d[c];
                Values(dx)[first + c] = (g[c] - mean - (normal[c] * product)) / deviation;
            }
        }
    }

    public void BatchNormFrozenGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        Array.Clear(Values(dGamma), 0, shape.Channels);
        Array.Clear(Values(dBeta), 0, shape.Channels);
        for (var i = 0; i < shape.Length; i++)
        {
            var (c, g) = (i % shape.Channels, Values(dy)[i]);
            var deviation = Math.Sqrt(Values(variance)[c] + epsilon);
            Values(dGamma)[c] += g * (Values(x)[i] - Values(mean)[c]) / deviation;
            Values(dBeta)[c] += g;
            Values(dx)[i] = g * Values(gamma)[c] / deviation;
        }
    }

    public void Add(int length, Storage left, Storage right, Storage y)
    {
        for (var i = 0; i < length; i++)
            Values(y)[i] = Values(left)[i] + Values(right)[i];
    }

    public void CopyBlocks(
        int blocks, int length, Storage source, int sourceOffset, int sourceStride, Storage destination, int destinationOffset, int destinationStride)
    {
        for (var block = 0; block < blocks; block++)
            Array.Copy(Values(source), sourceOffset + (block * sourceStride), Values(destination), destinationOffset + (block * destinationStride), length);
    }

    public void Penalty(int length, float l1, float l2, Storage weights, Storage penalties, int index) =>
        Values(penalties)[index] = Values(weights).Take(length).Sum(w => (l1 * Math.Abs(w)) + (l2 * w * w));

    public void PenaltyGradient(int length, float l1, float l2, Storage weights, Storage gradient)
    {
        for (var i = 0; i < length; i++)
            Values(gradient)[i] += (l1 * Math.Sign(Values(weights)[i])) + (2 * l2 * Values(weights)[i]);
    }

    private static double Logistic(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    private static double GeluTanhSlope(double x)
    {
        var t = Math.Tanh(RootTwoOverPi * (x + (0.044715 * x * x * x)));
        return ((1 + t) / 2) + (x / 2 * (1 - (t * t)) * RootTwoOverPi * (1 + (3 * 0.044715 * x * x)));
    }

    // Φ = 1/2 + φ·(x + x³/3 + x⁵/15 + …).
    private static double Normal(double x)
    {
        if (Math.Abs(x) > 9)
            return x > 0 ? 1 : 0;
        var (term, sum) = (x, x);
        for (var k = 3; k < 400; k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return 0.5 + (Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * sum);
    }

    private static double[] Normalised(ReadOnlySpan<double> x, double epsilon, out double deviation)
    {
        var values = x.ToArray();
        var mean = values.Average();
        var scale = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + epsilon);
        deviation = scale;
        return Array.ConvertAll(values, v => (v - mean) / scale);
    }

    private static void Pixels(PoolShape s, Action<int, List<int>> at)
    {
        for (var i = 0; i < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; i++)
        {
            var (c, ox) = (i % s.Channels, i / s.Channels % s.OutputWidth);
            var (oy, b) = (i / s.Channels / s.OutputWidth % s.OutputHeight, i / s.Channels / s.OutputWidth / s.OutputHeight);
            var pixels = new List<int>();
            for (var k = 0; k < s.PoolHeight * s.PoolWidth; k++)
            {
                var (iy, ix) = ((oy * s.StrideHeight) + (k / s.PoolWidth) - s.PadTop, (ox * s.StrideWidth) + (k % s.PoolWidth) - s.PadLeft);
                if (iy >= 0 && ix >= 0 && iy < s.Height && ix < s.Width)
                    pixels.Add(((((b * s.Height) + iy) * s.Width) + ix) * s.Channels + c);
            }

            at(i, pixels);
        }
    }
}
