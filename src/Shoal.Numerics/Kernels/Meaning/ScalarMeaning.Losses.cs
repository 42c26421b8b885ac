namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>Keras' epsilon: how near a probability comes to 0 and 1.</summary>
    internal const double Clip = 1e-7;

    /// <summary>The losses of some rows of a batch of <paramref name="rows"/>: softmax in float, as without smoothing; the rest in double, rounded once.</summary>
    internal static void RowLosses(
        LossFormula formula, float parameter, int rows, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> losses,
        Span<float> gradient)
    {
        for (var row = 0; row < losses.Length; row++)
        {
            var x = predictions.Slice(row * outputs, outputs);
            var t = targets.Slice(row * outputs, outputs);
            var d = gradient.Slice(row * outputs, outputs);
            losses[row] = formula switch
            {
                LossFormula.SoftmaxCrossEntropy => SmoothedSoftmaxRow(parameter, rows, x, t, d),
                LossFormula.CategoricalCrossEntropy => (float)CategoricalRow(parameter, rows, x, t, d),
                _ => (float)ElementsOfRow(formula, parameter, rows, x, t, d),
            };
        }
    }

    internal static void ScaleRows(int columns, ReadOnlySpan<float> factors, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] *= factors[i / columns];
    }

    private static float SmoothedSoftmaxRow(float smoothing, int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (maximum, sum) = SoftmaxRow(x, d);
        var logSum = SpecialFunctions.Log(sum);
        var (keep, add) = (1f - smoothing, smoothing / x.Length);
        var (loss, total) = (0f, 0f);
        for (var c = 0; c < x.Length; c++)
        {
            var u = MathF.FusedMultiplyAdd(t[c], keep, add);
            total += u;
            if (u != 0f)
                loss = MathF.FusedMultiplyAdd(-u, x[c] - maximum - logSum, loss);
        }

        for (var c = 0; c < x.Length; c++)
            d[c] = MathF.FusedMultiplyAdd(d[c], total, -MathF.FusedMultiplyAdd(t[c], keep, add)) / rows;
        return loss;
    }

    /// <summary>With q = p/Σp and s = dL/dq, −u/q where q is not clipped: dL/dp = (s − Σ s·q)/Σp.</summary>
    private static double CategoricalRow(double smoothing, int rows, ReadOnlySpan<float> p, ReadOnlySpan<float> t, Span<float> d)
    {
        var sum = 0.0;
        foreach (var value in p)
            sum += value;
        var (loss, inner) = (0.0, 0.0);
        for (var c = 0; c < p.Length; c++)
        {
            var (q, u) = (p[c] / sum, Smoothed(t[c], smoothing, p.Length));
            if (u != 0)
                loss -= u * SpecialFunctions.Log(Clipped(q));
            inner += Slope(q, u) * q;
        }

        for (var c = 0; c < p.Length; c++)
            d[c] = (float)((Slope(p[c] / sum, Smoothed(t[c], smoothing, p.Length)) - inner) / sum / rows);
        return loss;

        static double Slope(double q, double u) => q is < Clip or > 1 - Clip ? 0 : -u / q;
    }

    private static double ElementsOfRow(
        LossFormula formula, double parameter, int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var share = 1.0 / ((double)x.Length * rows);
        var sum = 0.0;
        for (var c = 0; c < x.Length; c++)
        {
            var (loss, slope) = Element(formula, parameter, x[c], t[c]);
            sum += loss;
            d[c] = (float)(slope * share);
        }

        return sum / x.Length;
    }

    private static (double Loss, double Slope) Element(LossFormula formula, double parameter, double x, double t)
    {
        var e = x - t;
        switch (formula)
        {
            case LossFormula.SquaredError:
                return (e * e, 2 * e);
            case LossFormula.AbsoluteError:
                return (Math.Abs(e), Sign(e));
            case LossFormula.Huber:
                return Math.Abs(e) <= parameter ? (e * e / 2, e) : ((parameter * Math.Abs(e)) - (parameter * parameter / 2), parameter * Sign(e));
            case LossFormula.BinaryCrossEntropyOfLogits:
                var (u, small) = (Smoothed(t, parameter, 2), SpecialFunctions.Exp(-Math.Abs(x)));
                var sigmoid = (x < 0 ? small : 1) / (1 + small);
                return ((x < 0 ? 0 : x) - (x * u) + SpecialFunctions.Log(1 + small), sigmoid - u);
            default:
                var (p, wanted) = (Clipped(x), Smoothed(t, parameter, 2));
                var loss = (-wanted * SpecialFunctions.Log(p)) - ((1 - wanted) * SpecialFunctions.Log(1 - p));
                return (loss, x is < Clip or > 1 - Clip ? 0 : (p - wanted) / (p * (1 - p)));
        }

        static double Sign(double e) => e > 0 ? 1 : e < 0 ? -1 : e;
    }

    private static double Smoothed(double t, double smoothing, int outputs) => (t * (1 - smoothing)) + (smoothing / outputs);

    /// <summary>NaN stays.</summary>
    private static double Clipped(double p) => p < Clip ? Clip : p > 1 - Clip ? 1 - Clip : p;
}
