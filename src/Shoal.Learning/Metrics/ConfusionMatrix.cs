namespace Shoal.Learning;

/// <summary>How many rows of each class were taken for which; as a single number the share of those taken rightly.</summary>
/// <remarks>The class of a row is the most probable one, the first of equals; with one output class 1 above 0.5, else class 0.</remarks>
/// <param name="name">The name in results and logs. <value>confusion_matrix</value></param>
public sealed class ConfusionMatrix(string name = "confusion_matrix") : Metric(name)
{
    private double[][] _counts = [];

    /// <summary>(true class, predicted class): the rows, or the sum of their weights. Empty before the first batch.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts => [.. _counts.Select(row => row.ToArray())];

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            var (right, all) = (0.0, 0.0);
            for (var wanted = 0; wanted < _counts.Length; wanted++)
            {
                right += _counts[wanted][wanted];
                foreach (var count in _counts[wanted])
                    all += count;
            }

            return right / all;
        }
    }

    /// <inheritdoc/>
    public override void Reset() => _counts = [];

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch)
    {
        var classes = batch.Outputs == 1 ? 2 : batch.Outputs;
        if (_counts.Length == 0)
            _counts = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        if (_counts.Length != classes)
            throw new ArgumentException($"ConfusionMatrix: there are {classes} classes, the batches before had {_counts.Length}. Call Reset between models.");
        for (var row = 0; row < batch.Rows; row++)
            _counts[ClassOf(batch.Target(row))][ClassOf(batch.Prediction(row))] += batch.Weight(row);
    }

    private static int ClassOf(ReadOnlySpan<float> values) => values.Length == 1 ? (values[0] > 0.5f ? 1 : 0) : Largest.Of(values);
}
