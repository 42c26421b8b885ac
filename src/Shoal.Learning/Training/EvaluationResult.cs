namespace Shoal.Learning;

/// <summary>How well a model does on data whose targets are known.</summary>
/// <param name="Rows">Samples.</param>
/// <param name="Loss">The mean loss; with several outputs the weighted sum of their means.</param>
/// <param name="Metrics">
/// The metrics by name (<c>accuracy</c>); with several outputs behind the output's name (<c>ward_accuracy</c>), with the loss of each (<c>ward_loss</c>).
/// </param>
/// <param name="Confusion">(true class, predicted class): how many samples; empty but for a classifier with one output.</param>
public sealed record EvaluationResult(
    int Rows, double Loss, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    /// <summary>The metric <c>accuracy</c>, the share of samples whose most probable class is the right one; NaN where it is not measured.</summary>
    public double Accuracy => Metrics.TryGetValue(EpochResult.AccuracyName, out var accuracy) ? accuracy : double.NaN;
}
