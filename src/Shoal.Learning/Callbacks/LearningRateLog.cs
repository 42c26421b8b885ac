namespace Shoal.Learning;

/// <summary>Adds the learning rate after each epoch to its numbers, as <c>learning_rate</c>; put it before the callbacks that write logs.</summary>
public sealed class LearningRateLog : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        training.Log("learning_rate", training.Model.LearningRate);
    }
}
