namespace Shoal.Learning;

/// <summary>The outputs of one batch with what they should have been, for metrics.</summary>
/// <remarks>All arrays are row-major and finite: what is none is refused once here, for all metrics, by its row.</remarks>
public readonly ref struct MetricBatch
{
    /// <summary>A batch.</summary>
    /// <param name="rows">Samples, 1 or more.</param>
    /// <param name="outputs">Values of one prediction, 1 or more.</param>
    /// <param name="predictions">(rows, outputs): what the model gives, probabilities for a classifier.</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="weights">(rows), from 0; empty for 1 each.</param>
    /// <exception cref="ArgumentException">A count does not fit, or a value is no finite number; the message names the first.</exception>
    public MetricBatch(int rows, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights = default)
    {
        (Rows, Outputs) = (Check.AtLeast(1, rows, nameof(MetricBatch), nameof(rows)), Check.AtLeast(1, outputs, nameof(MetricBatch), nameof(outputs)));
        CheckValues(predictions, rows, outputs, nameof(predictions));
        CheckValues(targets, rows, outputs, nameof(targets));
        if (!weights.IsEmpty)
            SampleWeights.Check(weights, rows, nameof(MetricBatch));
        Predictions = predictions;
        Targets = targets;
        Weights = weights;
    }

    /// <summary>Samples.</summary>
    public int Rows { get; }

    /// <summary>Values of one prediction.</summary>
    public int Outputs { get; }

    /// <summary>(rows, outputs): what the model gives.</summary>
    public ReadOnlySpan<float> Predictions { get; }

    /// <summary>(rows, outputs).</summary>
    public ReadOnlySpan<float> Targets { get; }

    /// <summary>(rows), or empty for 1 each.</summary>
    public ReadOnlySpan<float> Weights { get; }

    /// <summary>The prediction of one row.</summary>
    public ReadOnlySpan<float> Prediction(int row) => Predictions.Slice(row * Outputs, Outputs);

    /// <summary>The target of one row.</summary>
    public ReadOnlySpan<float> Target(int row) => Targets.Slice(row * Outputs, Outputs);

    /// <summary>The weight of one row, 1 without weights.</summary>
    public double Weight(int row) => Weights.IsEmpty ? 1 : Weights[row];

    private static void CheckValues(ReadOnlySpan<float> values, int rows, int outputs, string name)
    {
        if (values.Length != (long)rows * outputs)
            throw new ArgumentException($"MetricBatch: {name} has {values.Length} values, expected {rows} rows of {outputs}.", name);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new ArgumentException($"MetricBatch: value {i % outputs} of row {i / outputs} of {name} is {values[i]}; metrics need finite numbers.", name);
        }
    }
}
