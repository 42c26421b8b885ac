namespace Shoal.Learning;

/// <summary>What a call of <c>Fit</c> did, epoch by epoch.</summary>
/// <param name="Epochs">The epochs in order.</param>
/// <param name="StopReason">Why a callback ended the training; null where it went to its end.</param>
public sealed record History(IReadOnlyList<EpochResult> Epochs, string? StopReason = null)
{
    /// <summary>The last epoch.</summary>
    public EpochResult Last => Epochs[^1];
}

/// <summary>One epoch of training.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean loss over its rows (the batches' losses weighted by their size), each taken before the step that learnt from it; NaN where all were skipped.</param>
/// <param name="Metrics">The metrics over its rows by name, likewise, and what callbacks logged.</param>
/// <param name="Validation">Loss and metrics on the validation data after the epoch; null without any.</param>
/// <param name="Seconds">Time of the training steps, without validation.</param>
/// <param name="ImagesPerSecond">Rows trained a second.</param>
public sealed record EpochResult(
    int Epoch, double Loss, IReadOnlyDictionary<string, double> Metrics, EvaluationResult? Validation, double Seconds, double ImagesPerSecond)
{
    internal const string AccuracyName = "accuracy";

    /// <summary>The metric <c>accuracy</c>, the share of its rows classified rightly; NaN where it is not measured.</summary>
    public double Accuracy => Metrics.TryGetValue(AccuracyName, out var accuracy) ? accuracy : double.NaN;

    /// <summary>The steps that were left out because of <see cref="OnNotFinite.Skip"/>; their rows are in no number here. <value>0</value></summary>
    public int SkippedSteps { get; init; }

    /// <summary>The loss on the validation data after the epoch; null without any.</summary>
    public double? ValidationLoss => Validation?.Loss;

    /// <summary>The accuracy on the validation data after the epoch; null without any.</summary>
    public double? ValidationAccuracy => Validation?.Accuracy;
}
