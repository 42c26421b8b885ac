namespace Shoal.Learning;

/// <summary>The share of rows whose largest output is the largest target; the first of equals counts.</summary>
public sealed class Accuracy() : Metric("accuracy")
{
    private double _right;
    private double _rows;

    /// <inheritdoc/>
    public override double Result => _right / _rows;

    /// <inheritdoc/>
    public override void Reset() => (_right, _rows) = (0, 0);

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            var weight = batch.Weights.IsEmpty ? 1 : batch.Weights[row];
            _rows += weight;
            if (Largest(batch.Predictions.Slice(row * batch.Outputs, batch.Outputs)) == Largest(batch.Targets.Slice(row * batch.Outputs, batch.Outputs)))
                _right += weight;
        }
    }

    internal static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
