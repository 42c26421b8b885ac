namespace Shoal.Learning;

/// <summary>Rows of predictions beside their targets.</summary>
public readonly ref struct MetricBatch
{
    /// <summary>A batch of rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="outputs">Values of one prediction.</param>
    /// <param name="predictions">(rows, outputs).</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="weights">(rows), or empty for equal weights.</param>
    public MetricBatch(int rows, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights)
    {
        (Rows, Outputs) = (rows, outputs);
        Predictions = predictions;
        Targets = targets;
        Weights = weights;
    }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>Values of one prediction.</summary>
    public int Outputs { get; }

    /// <summary>(rows, outputs): the model's outputs, probabilities where it ends with softmax.</summary>
    public ReadOnlySpan<float> Predictions { get; }

    /// <summary>(rows, outputs).</summary>
    public ReadOnlySpan<float> Targets { get; }

    /// <summary>(rows), or empty for equal weights.</summary>
    public ReadOnlySpan<float> Weights { get; }
}
