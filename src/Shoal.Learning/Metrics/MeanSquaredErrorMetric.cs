namespace Shoal.Learning;

/// <summary>The mean of (y − t)² over rows and outputs, in squared units of the target.</summary>
/// <remarks>Unlike the loss of that name it divides by the sum of the weights.</remarks>
/// <param name="name">The name in results and logs. <value>mean_squared_error</value></param>
public sealed class MeanSquaredErrorMetric(string name = "mean_squared_error") : MeanMetric(name)
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
            {
                var error = (double)prediction[i] - target[i];
                sum = Math.FusedMultiplyAdd(error, error, sum);
            }

            values[row] = sum / prediction.Length;
        }
    }
}
