namespace Shoal.Learning;

/// <summary>What training makes of one output of a model.</summary>
/// <param name="Loss">What becomes small.</param>
/// <param name="Weight">How much this loss counts beside those of other outputs, above 0. <value>1</value></param>
public sealed record OutputTraining(Loss Loss, double Weight = 1)
{
    /// <summary>How much this loss counts beside those of other outputs.</summary>
    public double Weight { get; } = Weight > 0 && double.IsFinite(Weight)
        ? Weight
        : throw new ArgumentOutOfRangeException(nameof(Weight), Weight, FormattableString.Invariant($"OutputTraining: Weight must be above 0 (was {Weight})."));

    /// <summary>What else is measured of this output, in training and in evaluation. <value>none</value></summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];
}
