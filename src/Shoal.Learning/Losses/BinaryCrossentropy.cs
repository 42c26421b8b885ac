using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Cross-entropy of outputs that are each yes or no: the mean over a row's outputs of −t·ln p − (1 − t)·ln(1 − p).</summary>
/// <remarks>
/// Targets are from 0 to 1; with smoothing s they count as t·(1 − s) + s/2. From logits p is their sigmoid: a last layer of kind Sigmoid is left out in
/// training. From probabilities p is the output clipped to [1e-7, 1 − 1e-7], as in Keras; a clipped value has gradient 0.
/// </remarks>
/// <param name="labelSmoothing">The share of each target that is moved to one half, from 0 to 1. <value>0</value></param>
/// <param name="fromLogits">Whether the loss is taken from the logits; false for probabilities that do not come from a last sigmoid. <value>true</value></param>
public sealed class BinaryCrossentropy(double labelSmoothing = 0, bool fromLogits = true) : Loss
{
    /// <summary>The share of each target that is moved to one half.</summary>
    public double LabelSmoothing { get; } = Check.Between(0, 1, labelSmoothing, nameof(BinaryCrossentropy), nameof(labelSmoothing));

    /// <inheritdoc/>
    public override bool FromLogits => fromLogits;

    /// <inheritdoc/>
    public override bool Absorbs(Layer last) => FromLogits && last.Kind == "Sigmoid";

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient) =>
        kernels.RowLosses(
            FromLogits ? LossFormula.BinaryCrossEntropyOfLogits : LossFormula.BinaryCrossEntropy, (float)LabelSmoothing, rows, outputs, predictions, targets,
            losses, gradient);
}
