namespace Shoal.Learning;

/// <summary>What one output of a model should give for each sample: the number of its class, or a row of values.</summary>
/// <remarks>Arrays convert to it: <c>int[]</c> to classes, <c>float[]</c> to values.</remarks>
public readonly struct Targets
{
    private Targets(ReadOnlyMemory<int> labels, ReadOnlyMemory<float> values, bool areLabels) =>
        (Labels, Values, AreLabels) = (labels, values, areLabels);

    /// <summary>Whether samples have the number of a class rather than values.</summary>
    public bool AreLabels { get; }

    /// <summary>(samples): classes from 0.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>(samples, target length), row-major: one-hot rows, probabilities, or numbers to come near to.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Numbers of classes.</summary>
    public static implicit operator Targets(int[] labels) => FromLabels(labels);

    /// <summary>Rows of values.</summary>
    public static implicit operator Targets(float[] values) => FromValues(values);

    /// <summary>Numbers of classes.</summary>
    /// <param name="labels">(samples): classes from 0.</param>
    public static Targets FromLabels(ReadOnlyMemory<int> labels) => new(labels, default, true);

    /// <summary>Rows of values.</summary>
    /// <param name="values">(samples, target length), row-major.</param>
    public static Targets FromValues(ReadOnlyMemory<float> values) => new(default, values, false);

    internal int RowsOf(int length) => AreLabels ? Labels.Length : Values.Length % length == 0 ? Values.Length / length : -1;

    internal void CopyRow(int sample, Span<float> destination)
    {
        if (!AreLabels)
        {
            Values.Span.Slice(sample * destination.Length, destination.Length).CopyTo(destination);
            return;
        }

        destination.Clear();
        destination[Labels.Span[sample]] = 1;
    }
}
