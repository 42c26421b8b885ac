namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>Keras' epsilon: how near a probability comes to 0 and 1.</summary>
    private const double Clip = 1e-7;

    // Σ ln(1 + e) is the logarithm of a product of factors from 1 to 2: this many stay far below the largest double.
    private const int FactorsOfLogarithm = 512;

    /// <summary>The losses of a batch: for each row its exponentials, if the formula has any, then the rest.</summary>
    internal static void RowLosses(
        LossFormula formula, float parameter, int rows, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> losses,
        Span<float> gradient)
    {
        for (var row = 0; row < rows; row++)
        {
            var x = predictions.Slice(row * outputs, outputs);
            var d = gradient.Slice(row * outputs, outputs);
            var maximum = x[0];
            for (var c = 1; c < x.Length; c++)
                maximum = x[c] > maximum || float.IsNaN(x[c]) ? x[c] : maximum;
            for (var c = 0; c < x.Length; c++)
            {
                if (formula == LossFormula.SoftmaxCrossEntropy)
                    d[c] = SpecialFunctions.Exp(x[c] - maximum);
                else if (formula == LossFormula.BinaryCrossEntropyOfLogits)
                    d[c] = SpecialFunctions.Exp(x[c] > 0f - x[c] ? 0f - x[c] : x[c]);
            }

            losses[row] = RowLoss(formula, parameter, rows, maximum, x, targets.Slice(row * outputs, outputs), d);
        }
    }

    /// <summary>One row of a batch of <paramref name="rows"/>; sums in double over the outputs, ascending, but for softmax, which is in float throughout.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="parameter">Its parameter.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="maximum">The largest x, for softmax.</param>
    /// <param name="x">(outputs).</param>
    /// <param name="t">(outputs).</param>
    /// <param name="d">(outputs): the gradient; for softmax exp(x − maximum) before, for binary logits exp(−|x|).</param>
    internal static float RowLoss(
        LossFormula formula, float parameter, int rows, float maximum, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d) => formula switch
        {
            LossFormula.SoftmaxCrossEntropy => SoftmaxLoss(parameter, rows, maximum, x, t, d),
            LossFormula.CategoricalCrossEntropy => CategoricalLoss(parameter, rows, x, t, d),
            LossFormula.BinaryCrossEntropyOfLogits => BinaryLogitsLoss(parameter, rows, x, t, d),
            LossFormula.BinaryCrossEntropy => BinaryLoss(parameter, rows, x, t, d),
            LossFormula.SquaredError => SquaredLoss(rows, x, t, d),
            LossFormula.AbsoluteError => AbsoluteLoss(rows, x, t, d),
            _ => HuberLoss(parameter, rows, x, t, d),
        };

    internal static void ScaleRows(int columns, ReadOnlySpan<float> factors, Span<float> values)
    {
        for (var row = 0; row < factors.Length; row++)
        {
            foreach (ref var value in values.Slice(row * columns, columns))
                value *= factors[row];
        }
    }

    private static float SoftmaxLoss(float smoothing, int rows, float maximum, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var sum = 0f;
        foreach (var power in d)
            sum += power;
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
            d[c] = MathF.FusedMultiplyAdd(d[c] / sum, total, -MathF.FusedMultiplyAdd(t[c], keep, add)) / rows;
        return loss;
    }

    /// <summary>With q = p/Σp and s = dL/dq, −u/q where q is not clipped: dL/dp = (s − Σ s·q)/Σp.</summary>
    private static float CategoricalLoss(double smoothing, int rows, ReadOnlySpan<float> p, ReadOnlySpan<float> t, Span<float> d)
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
        return (float)loss;

        static double Slope(double q, double u) => q is < Clip or > 1 - Clip ? 0 : -u / q;
    }

    private static float BinaryLogitsLoss(float smoothing, int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (keep, add) = (1f - smoothing, smoothing / 2);
        var share = (float)ShareOf(rows, x.Length);
        var (sum, logs, product) = (0.0, 0.0, 1.0);
        for (var c = 0; c < x.Length; c++)
        {
            var (u, e) = (MathF.FusedMultiplyAdd(t[c], keep, add), d[c]);
            sum += MathF.FusedMultiplyAdd(0f - x[c], u, x[c] < 0f ? 0f : x[c]);
            product *= 1 + (double)e;
            if (c % FactorsOfLogarithm == FactorsOfLogarithm - 1)
                (logs, product) = (logs + SpecialFunctions.Log(product), 1);
            d[c] = (((x[c] < 0f ? e : 1f) / (1f + e)) - u) * share;
        }

        return (float)((sum + logs + SpecialFunctions.Log(product)) / x.Length);
    }

    private static float BinaryLoss(double smoothing, int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (share, sum) = (ShareOf(rows, x.Length), 0.0);
        for (var c = 0; c < x.Length; c++)
        {
            var (p, u) = (Clipped(x[c]), Smoothed(t[c], smoothing, 2));
            sum -= (u * SpecialFunctions.Log(p)) + ((1 - u) * SpecialFunctions.Log(1 - p));
            d[c] = (float)(x[c] is < (float)Clip or > (float)(1 - Clip) ? 0 : (p - u) / (p * (1 - p)) * share);
        }

        return (float)(sum / x.Length);
    }

    private static float SquaredLoss(int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (share, sum) = (2 * ShareOf(rows, x.Length), 0.0);
        for (var c = 0; c < x.Length; c++)
        {
            var e = (double)x[c] - t[c];
            sum = Math.FusedMultiplyAdd(e, e, sum);
            d[c] = (float)(e * share);
        }

        return (float)(sum / x.Length);
    }

    private static float AbsoluteLoss(int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (share, sum) = (ShareOf(rows, x.Length), 0.0);
        for (var c = 0; c < x.Length; c++)
        {
            var e = (double)x[c] - t[c];
            sum += Math.Abs(e);
            d[c] = (float)(e > 0 ? share : e < 0 ? -share : e);
        }

        return (float)(sum / x.Length);
    }

    private static float HuberLoss(double delta, int rows, ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> d)
    {
        var (share, sum) = (ShareOf(rows, x.Length), 0.0);
        for (var c = 0; c < x.Length; c++)
        {
            var e = (double)x[c] - t[c];
            var cut = e > delta ? delta : e < -delta ? -delta : e;
            sum = Math.FusedMultiplyAdd(cut, e - (cut / 2), sum);
            d[c] = (float)(cut * share);
        }

        return (float)(sum / x.Length);
    }

    /// <summary>What one output counts in the mean over outputs and rows.</summary>
    private static double ShareOf(int rows, int outputs) => 1.0 / ((double)rows * outputs);

    private static double Smoothed(double t, double smoothing, int outputs) => (t * (1 - smoothing)) + (smoothing / outputs);

    /// <summary>NaN stays.</summary>
    private static double Clipped(double p) => p < Clip ? Clip : p > 1 - Clip ? 1 - Clip : p;
}
