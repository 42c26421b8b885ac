namespace Shoal.Learning;

/// <summary>The mean of |y − t| over rows and outputs, in units of the target.</summary>
/// <remarks>Unlike the loss of that name it divides by the sum of the weights.</remarks>
/// <param name="name">The name in results and logs. <value>mean_absolute_error</value></param>
public sealed class MeanAbsoluteErrorMetric(string name = "mean_absolute_error") : MeanMetric(name)
{
    /// <inheritdoc/>
    protected override void Values(in MetricBatch batch, Span<double> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            var prediction = batch.Prediction(row);
            var target = batch.Target(row);
            var sum = 0.0;
            for (var i = 0; i < prediction.Length; i++)
                sum += Math.Abs((double)prediction[i] - target[i]);
            values[row] = sum / prediction.Length;
        }
    }
}
