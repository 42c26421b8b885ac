namespace Shoal.Learning;

/// <summary>One number that says how good predictions are, taken over batches.</summary>
/// <remarks>
/// One call a batch, sums in double in the order of the rows: the same batches in the same order give the same bits. Rows with a weight count as often as
/// that says. Not thread-safe; belongs to one evaluation at a time. One of your own derives from this class or from <see cref="MeanMetric"/>, or is a
/// function in a <see cref="FunctionMetric"/>.
/// </remarks>
/// <param name="name">The name in results and logs: <c>accuracy</c>.</param>
/// <exception cref="ArgumentException">The name is empty.</exception>
public abstract class Metric(string name)
{
    /// <summary>The name in results and logs; with <c>val_</c> in front of it for validation.</summary>
    public string Name { get; } = string.IsNullOrWhiteSpace(name) ? throw new ArgumentException("A metric needs a name, as in \"accuracy\".", nameof(name)) : name;

    /// <summary>The value over all batches since the last <see cref="Reset"/>; NaN where there is none, as without rows.</summary>
    public abstract double Result { get; }

    /// <summary>Forgets all batches.</summary>
    public abstract void Reset();

    /// <summary>Takes in one batch.</summary>
    /// <param name="batch">The outputs and their targets.</param>
    /// <exception cref="ArgumentException">The metric is not for so many outputs.</exception>
    public abstract void Add(in MetricBatch batch);

    /// <summary>The name and the value, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name} {Result:0.####}");
}
