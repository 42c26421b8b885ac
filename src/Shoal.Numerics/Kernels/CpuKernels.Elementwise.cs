namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Fill(Storage destination, int length, float value)
    {
        Destination(destination, 0, length).Span[..length].Fill(value);
        KeepAlive(destination);
    }

    /// <inheritdoc/>
    public void Copy(Storage source, int length, Storage destination)
    {
        var from = Source(source, length);
        _engine.Copy(length, from.Pointer, Destination(destination, length).Pointer);
        KeepAlive(source, destination);
    }

    /// <inheritdoc/>
    public void ReluForward(int length, Storage x, Storage y)
    {
        var input = Source(x, length);
        _engine.ReluForward(length, input.Pointer, Destination(y, length).Pointer);
        KeepAlive(x, y);
    }

    /// <inheritdoc/>
    public void ReluGradient(int length, Storage y, Storage dy, Storage dx)
    {
        var (output, gradient) = (Source(y, length), Source(dy, length));
        _engine.ReluGradient(length, output.Pointer, gradient.Pointer, Destination(dx, length).Pointer);
        KeepAlive(y, dy, dx);
    }

    /// <inheritdoc/>
    public void Dropout(int length, float rate, ulong seed, ulong step, Storage x, Storage y)
    {
        CheckRate(rate);
        var input = Source(x, length);
        _engine.Dropout(length, rate, seed, step, input.Pointer, Destination(y, length).Pointer);
        KeepAlive(x, y);
    }

    /// <inheritdoc/>
    public void Softmax(int rows, int classes, Storage logits, Storage probabilities)
    {
        Check(rows, classes);
        var input = Source(logits, (long)rows * classes);
        _engine.Softmax(rows, classes, input.Pointer, Destination(probabilities, (long)rows * classes).Pointer);
        KeepAlive(logits, probabilities);
    }

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(int rows, int classes, Storage logits, Storage targets, Storage losses, Storage dLogits)
    {
        Check(rows, classes);
        var (input, wanted) = (Source(logits, (long)rows * classes), Source(targets, (long)rows * classes));
        var (loss, gradient) = (Destination(losses, rows), Destination(dLogits, (long)rows * classes));
        _engine.SoftmaxCrossEntropy(rows, classes, input.Pointer, wanted.Pointer, loss.Pointer, gradient.Pointer);
        KeepAlive(logits, targets, losses, dLogits);
    }

    private static void CheckRate(float rate)
    {
        if (!(rate >= 0f && rate < 1f))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "Dropout: the rate must be at least 0 and below 1.");
    }
}
