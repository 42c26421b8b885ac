using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

internal sealed partial class DoubleKernels
{
    public void Sgd(int length, Storage weights, Storage gradient, Storage? velocity, float rate, float momentum, bool nesterov, in WeightUpdate update)
    {
        for (var i = 0; i < length; i++)
        {
            var (g, w) = (Prepared(gradient, i, update), Values(weights)[i] * (1 - (double)update.Decay));
            if (velocity is null)
            {
                Values(weights)[i] = w - rate * g;
                continue;
            }

            var v = Values(velocity)[i] = momentum * Values(velocity)[i] - rate * g;
            Values(weights)[i] = nesterov ? w + momentum * v - rate * g : w + v;
        }
    }

    public void RmsProp(
        int length, Storage weights, Storage gradient, Storage velocity, Storage? average, Storage? momentum, float rate, float rho, float decay, float epsilon,
        in WeightUpdate update)
    {
        var toMean = (double)(1m - (decimal)rho);
        for (var i = 0; i < length; i++)
        {
            var g = Prepared(gradient, i, update);
            var v = Values(velocity)[i] += (g * g - Values(velocity)[i]) * toMean;
            if (average is not null)
            {
                var a = Values(average)[i] += (g - Values(average)[i]) * toMean;
                v = Math.Max(v - a * a, 0);
            }

            var step = rate * g / Math.Sqrt(v + epsilon);
            if (momentum is not null)
                step = Values(momentum)[i] = decay * Values(momentum)[i] + step;
            Values(weights)[i] = Values(weights)[i] * (1 - (double)update.Decay) - step;
        }
    }

    public void Adam(
        int length, Storage weights, Storage gradient, Storage m, Storage v, Storage? largest, float rate, float beta1, float beta2, float epsilon,
        in WeightUpdate update)
    {
        for (var i = 0; i < length; i++)
        {
            var g = Prepared(gradient, i, update);
            Values(m)[i] += (g - Values(m)[i]) * (double)(1m - (decimal)beta1);
            var second = Values(v)[i] += (g * g - Values(v)[i]) * (double)(1m - (decimal)beta2);
            if (largest is not null)
                second = Values(largest)[i] = Math.Max(Values(largest)[i], second);
            Values(weights)[i] = Values(weights)[i] * (1 - (double)update.Decay) - rate * Values(m)[i] / (Math.Sqrt(second) + epsilon);
        }
    }

    public double SumOfSquares(int length, Storage x) => Values(x).Take(length).Sum(value => value * value);

    public void MoveTowards(int length, Storage values, float share, Storage average)
    {
        for (var i = 0; i < length; i++)
            Values(average)[i] += (Values(values)[i] - Values(average)[i]) * share;
    }

    private static double Prepared(Storage gradient, int i, in WeightUpdate update) =>
        Math.Clamp(Values(gradient)[i] * update.Scale, -(double)update.Limit, update.Limit);
}
