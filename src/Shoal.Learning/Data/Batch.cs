namespace Shoal.Learning;

/// <summary>Room for the rows of one batch, which a source fills.</summary>
public sealed class Batch
{
    /// <summary>Room for the largest batch of a source.</summary>
    /// <param name="source">The source, whose shapes and sizes are asked once.</param>
    public Batch(IBatchSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Inputs = [.. source.InputShapes.Select(shape => new float[checked(source.BatchSize * shape.Size)])];
        Targets = [.. source.TargetLengths.Select(length => new float[checked(source.BatchSize * length)])];
        Weights = source.HasWeights ? new float[source.BatchSize] : [];
    }

    /// <summary>For each input (batch size, its shape), row-major; the first rows count.</summary>
    public IReadOnlyList<float[]> Inputs { get; }

    /// <summary>For each output (batch size, target length), row-major; the first rows count.</summary>
    public IReadOnlyList<float[]> Targets { get; }

    /// <summary>(batch size): how much each row counts; empty where all count the same.</summary>
    public float[] Weights { get; }
}
