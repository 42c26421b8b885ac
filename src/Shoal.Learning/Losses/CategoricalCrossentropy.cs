using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Cross-entropy of classes, −Σ t·ln softmax(logits), taken from the logits.</summary>
/// <remarks>
/// Targets are one-hot rows, or any rows of probabilities. Whether the model ends with <see cref="Softmax"/> or with its logits makes no
/// difference. The gradient by the logits is (softmax − t) / rows.
/// </remarks>
public sealed class CategoricalCrossentropy : Loss
{
    /// <inheritdoc/>
    public override bool FromLogits => true;

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient) =>
        kernels.SoftmaxCrossEntropy(rows, outputs, predictions, targets, losses, gradient);
}
