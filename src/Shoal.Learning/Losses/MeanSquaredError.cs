using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mean over a row's outputs of (y − t)².</summary>
public sealed class MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override bool FromLogits => false;

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient) =>
        kernels.RowLosses(LossFormula.SquaredError, 0, rows, outputs, predictions, targets, losses, gradient);
}
