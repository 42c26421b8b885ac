namespace Shoal.Learning;

/// <summary>A number that says how good predictions are, gathered over batches of rows in one call a batch.</summary>
/// <remarks>Keeps sums between <see cref="Reset"/> and <see cref="Result"/>. Belongs to one output of one model. Not thread-safe.</remarks>
/// <param name="name">Its name in histories and logs.</param>
public abstract class Metric(string name)
{
    /// <summary>Its name in histories and logs.</summary>
    public string Name { get; } = name;

    /// <summary>The value over all rows since <see cref="Reset"/>; NaN before the first.</summary>
    public abstract double Result { get; }

    /// <summary>Forgets all rows.</summary>
    public abstract void Reset();

    /// <summary>Takes in a batch of rows.</summary>
    public abstract void Add(in MetricBatch batch);
}
