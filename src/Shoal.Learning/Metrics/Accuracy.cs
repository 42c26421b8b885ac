namespace Shoal.Learning;

/// <summary>The share of rows whose most probable class is that of the target; with one output, of rows on the right side of 0.5.</summary>
/// <remarks>The first of equals counts. An output of exactly 0.5 says no, as in Keras.</remarks>
/// <param name="name">The name in results and logs. <value>accuracy</value></param>
public sealed class Accuracy(string name = "accuracy") : MeanMetric(name)
{
    /// <inheritdoc/>
    protected override void Values(in MetricBatch batch, Span<double> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            var prediction = batch.Prediction(row);
            var target = batch.Target(row);
            var right = batch.Outputs == 1 ? prediction[0] > 0.5f == target[0] > 0.5f : Largest.Of(prediction) == Largest.Of(target);
            values[row] = right ? 1 : 0;
        }
    }
}
