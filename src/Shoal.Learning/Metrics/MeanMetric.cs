namespace Shoal.Learning;

/// <summary>A metric that is the mean of one value a row: Σ weight · value / Σ weight.</summary>
/// <param name="name">The name in results and logs.</param>
public abstract class MeanMetric(string name) : Metric(name)
{
    private double[] _values = [];
    private double _sum;
    private double _weight;

    /// <inheritdoc/>
    public sealed override double Result => _sum / _weight;

    /// <inheritdoc/>
    public sealed override void Reset() => (_sum, _weight) = (0, 0);

    /// <inheritdoc/>
    public sealed override void Add(in MetricBatch batch)
    {
        if (_values.Length < batch.Rows)
            _values = new double[batch.Rows];
        Values(batch, _values.AsSpan(0, batch.Rows));
        for (var row = 0; row < batch.Rows; row++)
        {
            _sum = Math.FusedMultiplyAdd(batch.Weight(row), _values[row], _sum);
            _weight += batch.Weight(row);
        }
    }

    /// <summary>The value of each row of a batch.</summary>
    /// <param name="batch">The outputs and their targets.</param>
    /// <param name="values">(rows), to be written whole.</param>
    protected abstract void Values(in MetricBatch batch, Span<double> values);
}
