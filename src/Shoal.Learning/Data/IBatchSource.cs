namespace Shoal.Learning;

/// <summary>Where training takes its batches from: an endless row of them, numbered from 0.</summary>
/// <remarks>Training asks ahead, from a thread of its own, one call at a time and with rising numbers.</remarks>
public interface IBatchSource
{
    /// <summary>The shape of one sample.</summary>
    Shape InputShape { get; }

    /// <summary>Values of one target: the classes of a one-hot row.</summary>
    int TargetLength { get; }

    /// <summary>Rows of the largest batch.</summary>
    int BatchSize { get; }

    /// <summary>Batches in one pass over the data, or null where there is no end.</summary>
    int? StepsPerPass { get; }

    /// <summary>Writes batch number <paramref name="step"/>; the same number gives the same batch.</summary>
    /// <param name="step">The number of the batch, from 0; beyond one pass the data go round again.</param>
    /// <param name="x">(batch size, input shape), of which the first rows are written.</param>
    /// <param name="targets">(batch size, target length), of which the first rows are written.</param>
    /// <returns>The rows of this batch, from 1 to <see cref="BatchSize"/>.</returns>
    int Fill(long step, Span<float> x, Span<float> targets);
}
