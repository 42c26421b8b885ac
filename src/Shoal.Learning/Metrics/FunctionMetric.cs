namespace Shoal.Learning;

/// <summary>The value of each row of a batch, for a <see cref="FunctionMetric"/>.</summary>
/// <param name="batch">The outputs and their targets.</param>
/// <param name="values">(rows), to be written whole.</param>
public delegate void MetricFunction(in MetricBatch batch, Span<double> values);

/// <summary>A metric of the user's own: the mean of what a function says of each row, called once a batch.</summary>
/// <remarks>
/// <example>
/// The share of predictions within 15 minutes of the truth:
/// <code>
/// new FunctionMetric("within_15", (in batch, values) =&gt;
/// {
///     for (var row = 0; row &lt; batch.Rows; row++)
///         values[row] = MathF.Abs(batch.Predictions[row] - batch.Targets[row]) &lt;= 15 ? 1 : 0;
/// });
/// </code>
/// </example>
/// </remarks>
/// <param name="name">The name in results and logs.</param>
/// <param name="function">Called once a batch, on the thread that evaluates.</param>
public sealed class FunctionMetric(string name, MetricFunction function) : MeanMetric(name)
{
    private readonly MetricFunction _function = function ?? throw new ArgumentNullException(nameof(function));

    /// <inheritdoc/>
    protected override void Values(in MetricBatch batch, Span<double> values) => _function(batch, values);
}
