using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>How far predictions are from their targets, row by row, and the gradient of the mean.</summary>
/// <remarks>
/// <para>Stateless; one instance may serve several models. A loss of your own is shortest as a <see cref="RowLoss"/>; one that computes with kernels
/// derives from this class.</para>
/// <para>Weights of rows mean what they mean in Keras 3 ("sum_over_batch_size"): each row's loss is multiplied by its weight, and the mean divides by the
/// number of rows, not by the sum of the weights. Doubling all weights doubles the loss.</para>
/// </remarks>
public abstract class Loss
{
    /// <summary>Whether it takes logits.</summary>
    public abstract bool FromLogits { get; }

    /// <summary>
    /// Whether a model leaves out this last layer in training, because the loss is taken from what goes into it. <value>a <see cref="Softmax"/>, if
    /// <see cref="FromLogits"/></value>
    /// </summary>
    /// <param name="last">The layer that gives the model's output.</param>
    public virtual bool Absorbs(Layer last) => FromLogits && last is Softmax;

    /// <summary>The loss of each row and the gradient of their mean.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="outputs">Values of one prediction.</param>
    /// <param name="predictions">(rows, outputs).</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="losses">(rows), written.</param>
    /// <param name="gradient">(rows, outputs), written: the gradient of the mean over the rows by the predictions.</param>
    public abstract void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient);

    /// <summary>The same with a weight for each row, which multiplies its loss and its gradient.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="rows">Samples in the batch.</param>
    /// <param name="outputs">Values of one prediction.</param>
    /// <param name="predictions">(rows, outputs).</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="weights">(rows), or null for 1 each.</param>
    /// <param name="losses">(rows), written: weight · loss.</param>
    /// <param name="gradient">(rows, outputs), written: the gradient of Σ weight · loss / rows by the predictions.</param>
    public void Compute(
        IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage? weights, Storage losses, Storage gradient)
    {
        Compute(kernels, rows, outputs, predictions, targets, losses, gradient);
        if (weights is null)
            return;
        kernels.ScaleRows(rows, 1, weights, losses);
        kernels.ScaleRows(rows, outputs, weights, gradient);
    }
}
