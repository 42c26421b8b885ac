namespace Shoal.Learning;

/// <summary>The share of rows whose true class is among the k most probable ones; a class that ties with the last of them counts, as in Keras.</summary>
/// <param name="k">How many classes count, 1 or more. <value>5</value></param>
/// <param name="name">The name in results and logs. <value>top_k_accuracy</value></param>
public sealed class TopKAccuracy(int k = 5, string name = "top_k_accuracy") : MeanMetric(name)
{
    private readonly int _k = Check.AtLeast(1, k, nameof(TopKAccuracy), nameof(k));

    /// <inheritdoc/>
    protected override void Values(in MetricBatch batch, Span<double> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            var prediction = batch.Prediction(row);
            var own = prediction[Largest.Of(batch.Target(row))];
            var larger = 0;
            foreach (var value in prediction)
                larger += value > own ? 1 : 0;
            values[row] = larger < _k ? 1 : 0;
        }
    }
}
