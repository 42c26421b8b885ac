namespace Shoal.Learning;

/// <summary>Training stopped because its loss is no number any more.</summary>
public sealed class TrainingFailedException : ShoalException
{
    internal TrainingFailedException(string message, int epoch, int step, long batch, string? layer, int? index)
        : base(message) => (Epoch, Step, Batch, Layer, Index) = (epoch, step, batch, layer, index);

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step within the epoch, from 1; beyond the last where batches are read for the statistics of batch normalisation.</summary>
    public int Step { get; }

    /// <summary>The number of the batch, from 0, by which <see cref="IBatchSource.Fill"/> gives it again.</summary>
    public long Batch { get; }

    /// <summary>The name of the first layer whose output is not finite; null where all outputs are, and only the loss is not.</summary>
    public string? Layer { get; }

    /// <summary>The first index in (rows, output shape) of that layer, row-major, with a value that is not finite; null without a layer.</summary>
    public int? Index { get; }
}
