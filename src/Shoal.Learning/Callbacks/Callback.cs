namespace Shoal.Learning;

/// <summary>Is told how a training goes, and may end it.</summary>
/// <remarks>
/// Called on the thread that trains, which waits for it; several are called in the order of their list. An instance may serve one training after the
/// other, not two at once. Its exceptions end the training. Epochs and steps count from 1.
/// </remarks>
public abstract class Callback
{
    /// <summary>Before the first step; forgets what an earlier training left.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnTrainBegin(TrainingContext training)
    {
    }

    /// <summary>After the last epoch, also of a training that was stopped by a callback.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnTrainEnd(TrainingContext training)
    {
    }

    /// <summary>Before the first step of an epoch.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnEpochBegin(TrainingContext training)
    {
    }

    /// <summary>After an epoch and its validation.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnEpochEnd(TrainingContext training)
    {
    }

    /// <summary>After each step; must be quick.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnBatchEnd(TrainingContext training)
    {
    }
}
