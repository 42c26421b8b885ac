using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Cross-entropy of classes, −Σ t·ln p, as a rule taken from the logits.</summary>
/// <remarks>
/// Targets are one-hot rows, or any rows of probabilities; with smoothing s they count as t·(1 − s) + s/classes. From logits p is their softmax: whether
/// the model ends with <see cref="Softmax"/> or with its logits makes no difference, and the gradient by the logits is (softmax·Σt − t)/rows. From
/// probabilities p is the output divided by its sum and clipped to [1e-7, 1 − 1e-7], as in Keras; a clipped value has gradient 0.
/// </remarks>
/// <param name="labelSmoothing">The share of each target that is spread evenly over the classes, from 0 to 1. <value>0</value></param>
/// <param name="fromLogits">
/// Whether the loss is taken from the logits; false for a model whose probabilities do not come from a last <see cref="Softmax"/>. <value>true</value>
/// </param>
public sealed class CategoricalCrossentropy(double labelSmoothing = 0, bool fromLogits = true) : Loss
{
    /// <summary>The share of each target that is spread evenly over the classes.</summary>
    public double LabelSmoothing { get; } = Check.Between(0, 1, labelSmoothing, nameof(CategoricalCrossentropy), nameof(labelSmoothing));

    /// <inheritdoc/>
    public override bool FromLogits => fromLogits;

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient)
    {
        if (FromLogits && LabelSmoothing == 0)
        {
            kernels.SoftmaxCrossEntropy(rows, outputs, predictions, targets, losses, gradient);
            return;
        }

        var formula = FromLogits ? LossFormula.SoftmaxCrossEntropy : LossFormula.CategoricalCrossEntropy;
        kernels.RowLosses(formula, (float)LabelSmoothing, rows, outputs, predictions, targets, losses, gradient);
    }
}
