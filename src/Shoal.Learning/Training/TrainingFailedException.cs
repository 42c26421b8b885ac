namespace Shoal.Learning;

/// <summary>Training stopped because its loss is no number any more.</summary>
public sealed class TrainingFailedException : ShoalException
{
    internal TrainingFailedException(string message, int epoch, int step)
        : base(message) => (Epoch, Step) = (epoch, step);

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step within the epoch, from 1.</summary>
    public int Step { get; }
}
