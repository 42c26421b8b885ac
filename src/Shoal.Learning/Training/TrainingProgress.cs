namespace Shoal.Learning;

/// <summary>Where training stands after a step; plain data for a progress bar or a log.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">The step within the epoch, from 1, just done.</param>
/// <param name="Steps">Steps in an epoch.</param>
/// <param name="Loss">The epoch's loss so far: the mean over its rows; NaN before the first step that counts.</param>
/// <param name="Accuracy">The share of the epoch's rows so far that were classified rightly, while the weights change.</param>
/// <param name="ImagesPerSecond">Rows trained a second, in this epoch.</param>
/// <param name="Elapsed">Time since training began.</param>
/// <param name="Remaining">The time that the rest of all epochs will take at this rate, without validation.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Elapsed, TimeSpan Remaining)
{
    /// <summary>The epoch's steps so far that were left out because of <see cref="OnNotFinite.Skip"/>. <value>0</value></summary>
    public int SkippedSteps { get; init; }
}
