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

    /// <summary>The numbers that a training needs to go on from a checkpoint as if it had not been cut, by name. <value>none</value></summary>
    public virtual IReadOnlyDictionary<string, double> Capture() => new Dictionary<string, double>();

    /// <summary>Goes on where <see cref="Capture"/> was called; comes after <see cref="OnTrainBegin"/>. Without numbers nothing changes.</summary>
    /// <param name="state">What <see cref="Capture"/> gave, in a callback of the same kind.</param>
    /// <exception cref="ArgumentException">A number is missing.</exception>
    public virtual void Restore(IReadOnlyDictionary<string, double> state)
    {
    }

    private protected double Number(IReadOnlyDictionary<string, double> state, string name) => state.TryGetValue(name, out var value)
        ? value
        : throw new ArgumentException($"{GetType().Name} cannot go on: the checkpoint does not have its \"{name}\". Use the callbacks that it was written with.");
}
