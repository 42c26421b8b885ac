using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels;

public sealed partial class CpuKernels
{
    /// <inheritdoc/>
    public void Fill(Storage destination, int length, float value) => Destination(destination, 0, length).Span[..length].Fill(value);

    /// <inheritdoc/>
    public void Copy(Storage source, int length, Storage destination)
        => Source(source, length).Span[..length].CopyTo(Destination(destination, length).Span);

    /// <inheritdoc/>
    public void ReluForward(int length, Storage x, Storage y)
        => ScalarMeaning.ReluForward(Source(x, length).Span[..length], Destination(y, length).Span);

    /// <inheritdoc/>
    public void ReluGradient(int length, Storage y, Storage dy, Storage dx)
        => ScalarMeaning.ReluGradient(Source(y, length).Span[..length], Source(dy, length).Span, Destination(dx, length).Span);

    /// <inheritdoc/>
    public void Dropout(int length, float rate, ulong seed, ulong step, Storage x, Storage y)
    {
        CheckRate(rate);
        ScalarMeaning.Dropout(rate, seed, step, Source(x, length).Span[..length], Destination(y, length).Span);
    }

    /// <inheritdoc/>
    public void Softmax(int rows, int classes, Storage logits, Storage probabilities)
    {
        Check(rows, classes);
        ScalarMeaning.Softmax(rows, classes, Source(logits, (long)rows * classes).Span, Destination(probabilities, (long)rows * classes).Span);
    }

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(int rows, int classes, Storage logits, Storage targets, Storage losses, Storage dLogits)
    {
        Check(rows, classes);
        ScalarMeaning.SoftmaxCrossEntropy(
            rows, classes, Source(logits, (long)rows * classes).Span, Source(targets, (long)rows * classes).Span, Destination(losses, rows).Span,
            Destination(dLogits, (long)rows * classes).Span);
    }

    /// <inheritdoc/>
    public void Adam(int length, Storage weights, Storage gradient, Storage m, Storage v, float rate, float beta1, float beta2, float epsilon)
        => ScalarMeaning.Adam(
            Destination(weights, length).Span[..length], Source(gradient, length).Span, Destination(m, length).Span, Destination(v, length).Span, rate, beta1,
            beta2, epsilon);

    private static void CheckRate(float rate)
    {
        if (!(rate >= 0f && rate < 1f))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "Dropout: the rate must be at least 0 and below 1.");
    }
}
