namespace Shoal.Learning;

/// <summary>The share of outputs on the right side of a threshold, where each output is a yes or no of its own.</summary>
/// <param name="threshold">Above it an output says yes, from 0 to 1. <value>0.5</value></param>
/// <param name="name">The name in results and logs. <value>binary_accuracy</value></param>
public sealed class BinaryAccuracy(double threshold = 0.5, string name = "binary_accuracy") : MeanMetric(name)
{
    private readonly float _threshold = (float)Check.Between(0, 1, threshold, nameof(BinaryAccuracy), nameof(threshold));

    /// <inheritdoc/>
    protected override void Values(in MetricBatch batch, Span<double> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            var prediction = batch.Prediction(row);
            var target = batch.Target(row);
            var right = 0;
            for (var i = 0; i < prediction.Length; i++)
                right += prediction[i] > _threshold == target[i] > 0.5f ? 1 : 0;
            values[row] = (double)right / prediction.Length;
        }
    }
}
