namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>Negative values become 0; NaN and −0 stay.</summary>
    internal static void ReluForward(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] < 0f ? 0f : x[i];
    }

    internal static void ReluGradient(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        for (var i = 0; i < y.Length; i++)
            dx[i] = y[i] > 0f ? dy[i] : 0f;
    }

    /// <summary>Value i stays where the number in [0, 1) of its word is at least the rate, and is divided by 1 − rate.</summary>
    internal static void Dropout(float rate, ulong seed, ulong step, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var (x0, x1, x2, x3) = Philox.Draw(seed, (ulong)i / 4, step);
            var word = (i % 4) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
            y[i] = Philox.ToSingle(word) >= rate ? x[i] / (1f - rate) : 0f;
        }
    }

    /// <summary>exp(x − max) divided by their sum, a chain over the classes.</summary>
    internal static void Softmax(int rows, int classes, ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        for (var row = 0; row < rows; row++)
            SoftmaxRow(logits.Slice(row * classes, classes), probabilities.Slice(row * classes, classes));
    }

    /// <summary>
    /// loss = −Σ t·((x − max) − log Σexp(x − max)) as a chain over the classes, without the terms where t is 0;
    /// dLogits = (p·Σt − t)/rows.
    /// </summary>
    internal static void SoftmaxCrossEntropy(
        int rows, int classes, ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> losses, Span<float> dLogits)
    {
        for (var row = 0; row < rows; row++)
        {
            var x = logits.Slice(row * classes, classes);
            var t = targets.Slice(row * classes, classes);
            var d = dLogits.Slice(row * classes, classes);
            var (maximum, sum) = SoftmaxRow(x, d);
            var logSum = SpecialFunctions.Log(sum);
            var (loss, total) = (0f, 0f);
            for (var c = 0; c < classes; c++)
            {
                total += t[c];
                if (t[c] != 0f)
                    loss = MathF.FusedMultiplyAdd(-t[c], x[c] - maximum - logSum, loss);
            }

            losses[row] = loss;
            for (var c = 0; c < classes; c++)
                d[c] = MathF.FusedMultiplyAdd(d[c], total, -t[c]) / rows;
        }
    }

    private static (float Maximum, float Sum) SoftmaxRow(ReadOnlySpan<float> x, Span<float> p)
    {
        var maximum = x[0];
        for (var c = 1; c < x.Length; c++)
            maximum = x[c] > maximum || float.IsNaN(x[c]) ? x[c] : maximum;
        var sum = 0f;
        for (var c = 0; c < x.Length; c++)
        {
            p[c] = SpecialFunctions.Exp(x[c] - maximum);
            sum += p[c];
        }

        for (var c = 0; c < x.Length; c++)
            p[c] /= sum;
        return (maximum, sum);
    }
}
