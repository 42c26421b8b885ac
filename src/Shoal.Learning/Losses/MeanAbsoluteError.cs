using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mean over a row's outputs of |y − t|; its slope where y = t is 0.</summary>
public sealed class MeanAbsoluteError : Loss
{
    /// <inheritdoc/>
    public override bool FromLogits => false;

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient) =>
        kernels.RowLosses(LossFormula.AbsoluteError, 0, rows, outputs, predictions, targets, losses, gradient);
}
