namespace Shoal.Learning;

/// <summary>Where training takes its batches from: an endless row of them, numbered from 0.</summary>
/// <remarks>Training asks ahead, from a thread of its own, one call at a time and with rising numbers.</remarks>
public interface IBatchSource
{
    /// <summary>For each input of the model the shape of one sample.</summary>
    IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>For each output of the model the values of one target: the classes of a one-hot row.</summary>
    IReadOnlyList<int> TargetLengths { get; }

    /// <summary>Whether it fills <see cref="Batch.Weights"/>. <value>false</value></summary>
    bool HasWeights => false;

    /// <summary>Rows of the largest batch.</summary>
    int BatchSize { get; }

    /// <summary>Batches in one pass over the data, or null where there is no end.</summary>
    int? StepsPerPass { get; }

    /// <summary>Writes batch number <paramref name="step"/>; the same number gives the same batch.</summary>
    /// <param name="step">The number of the batch, from 0; beyond one pass the data go round again.</param>
    /// <param name="batch">Room made for this source, of which the first rows are written.</param>
    /// <returns>The rows of this batch, from 1 to <see cref="BatchSize"/>.</returns>
    int Fill(long step, Batch batch);
}
