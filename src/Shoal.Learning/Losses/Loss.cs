using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>How far predictions are from their targets, row by row, and the gradient of the mean.</summary>
/// <remarks>Stateless; one instance may serve several models.</remarks>
public abstract class Loss
{
    /// <summary>Whether it takes logits, so that a model leaves out a last <see cref="Softmax"/> in front of it.</summary>
    public abstract bool FromLogits { get; }

    /// <summary>The loss of each row and the gradient of their mean.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="outputs">Values of one prediction.</param>
    /// <param name="predictions">(rows, outputs).</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="losses">(rows), written.</param>
    /// <param name="gradient">(rows, outputs), written: the gradient of the mean over the rows by the predictions.</param>
    public abstract void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient);
}
