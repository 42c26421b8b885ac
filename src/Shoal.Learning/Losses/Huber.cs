using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mean over a row's outputs of e²/2 where |e| ≤ delta, else delta·|e| − delta²/2, with e = y − t: outliers pull no harder than delta.</summary>
/// <remarks>Source: Huber, "Robust estimation of a location parameter", 1964.</remarks>
/// <param name="delta">Where the square becomes a line, above 0, in units of the target. <value>1</value></param>
public sealed class Huber(double delta = 1) : Loss
{
    /// <summary>Where the square becomes a line.</summary>
    public double Delta { get; } = Check.Between(1e-30, 1e30, delta, nameof(Huber), nameof(delta));

    /// <inheritdoc/>
    public override bool FromLogits => false;

    /// <inheritdoc/>
    public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient) =>
        kernels.RowLosses(LossFormula.Huber, (float)Delta, rows, outputs, predictions, targets, losses, gradient);
}
