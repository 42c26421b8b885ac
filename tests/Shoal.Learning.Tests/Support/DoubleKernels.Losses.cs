using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

internal sealed partial class DoubleKernels
{
    public void RowLosses(
        LossFormula formula, float parameter, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient)
    {
        for (var row = 0; row < rows; row++)
        {
            var x = Values(predictions).AsSpan(row * outputs, outputs).ToArray();
            var t = Values(targets).AsSpan(row * outputs, outputs).ToArray();
            double[] u = [.. t.Select(v => v * (1 - (double)parameter) + (double)parameter / outputs)];
            var (loss, d) = formula switch
            {
                LossFormula.SoftmaxCrossEntropy => Entropy(SoftmaxOf(x), u, ofLogits: true),
                LossFormula.CategoricalCrossEntropy => Entropy(x, u, ofLogits: false),
                LossFormula.SquaredError => Mean(x, t, (a, b) => ((a - b) * (a - b), 2 * (a - b))),
                LossFormula.AbsoluteError => Mean(x, t, (a, b) => (Math.Abs(a - b), Math.Sign(a - b))),
                LossFormula.Huber => Mean(x, t, (a, b) => Math.Abs(a - b) <= parameter
                    ? ((a - b) * (a - b) / 2, a - b)
                    : (parameter * (Math.Abs(a - b) - parameter / 2.0), parameter * Math.Sign(a - b))),
                LossFormula.BinaryCrossEntropyOfLogits => Mean(x, t, (a, b) => Binary(1 / (1 + Math.Exp(-a)), Halved(b), ofLogits: true)),
                _ => Mean(x, t, (a, b) => Binary(a, Halved(b), ofLogits: false)),
            };
            Values(losses)[row] = loss;
            for (var c = 0; c < outputs; c++)
                Values(gradient)[(row * outputs) + c] = d[c] / rows;
        }

        double Halved(double t) => t * (1 - (double)parameter) + (double)parameter / 2;
    }

    public void ScaleRows(int rows, int columns, Storage factors, Storage values)
    {
        for (var i = 0; i < rows * columns; i++)
            Values(values)[i] *= Values(factors)[i / columns];
    }

    private static double[] SoftmaxOf(double[] x)
    {
        double[] powers = [.. x.Select(v => Math.Exp(v - x.Max()))];
        return [.. powers.Select(p => p / powers.Sum())];
    }

    private static (double Loss, double[] Gradient) Entropy(double[] p, double[] u, bool ofLogits)
    {
        if (ofLogits)
            return (-u.Zip(p, (t, q) => t == 0 ? 0 : t * Math.Log(q)).Sum(), [.. p.Zip(u, (q, t) => (q * u.Sum()) - t)]);
        var sum = p.Sum();
        double[] q = [.. p.Select(v => v / sum)];
        double[] slopes = [.. q.Zip(u, (v, t) => v < 1e-7 || v > 1 - 1e-7 ? 0 : -t / v)];
        var inner = slopes.Zip(q, (s, v) => s * v).Sum();
        return (-u.Zip(q, (t, v) => t * Math.Log(Math.Clamp(v, 1e-7, 1 - 1e-7))).Sum(), [.. slopes.Select(s => (s - inner) / sum)]);
    }

    private static (double Loss, double Slope) Binary(double p, double t, bool ofLogits)
    {
        var q = ofLogits ? p : Math.Clamp(p, 1e-7, 1 - 1e-7);
        var loss = -t * Math.Log(q) - (1 - t) * Math.Log(1 - q);
        return (loss, ofLogits ? q - t : q == p ? (q - t) / (q * (1 - q)) : 0);
    }

    private static (double Loss, double[] Gradient) Mean(double[] x, double[] t, Func<double, double, (double Loss, double Slope)> element)
    {
        var each = x.Zip(t, element).ToArray();
        return (each.Average(e => e.Loss), [.. each.Select(e => e.Slope / x.Length)]);
    }
}
