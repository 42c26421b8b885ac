namespace Shoal.Learning;

/// <summary>Samples in arrays, with what a model should make of them.</summary>
/// <remarks>
/// The arrays are not copied and must not change meanwhile.
/// <code>new Dataset([ages, wards], [minutes])</code>
/// </remarks>
public sealed record Dataset
{
    /// <summary>Samples for a model with several inputs or outputs.</summary>
    /// <param name="inputs">For each input of the model (samples, its shape), row-major.</param>
    /// <param name="targets">For each output of the model the targets.</param>
    public Dataset(IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<Targets> targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        (Inputs, Targets) = ([.. inputs], [.. targets]);
    }

    /// <summary>Samples with the number of their class.</summary>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="labels">(samples): classes from 0.</param>
    public Dataset(ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels)
        : this([x], [Learning.Targets.FromLabels(labels)])
    {
    }

    /// <summary>Samples with a row of values each.</summary>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="targets">(samples, output shape), row-major.</param>
    public Dataset(ReadOnlyMemory<float> x, ReadOnlyMemory<float> targets)
        : this([x], [Learning.Targets.FromValues(targets)])
    {
    }

    /// <summary>Images whose pixels are bytes, with the number of their class: the model gets pixel / 255, and the data take a quarter of the memory.</summary>
    /// <param name="pixels">(samples, input shape), row-major: 0 to 255.</param>
    /// <param name="labels">(samples): classes from 0.</param>
    public Dataset(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<int> labels)
        : this([], [Learning.Targets.FromLabels(labels)]) => Pixels = pixels;

    /// <summary>For each input of the model (samples, its shape), row-major; none where there are <see cref="Pixels"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Inputs { get; }

    /// <summary>(samples, input shape), row-major: each value of the only input times 255; empty where there are <see cref="Inputs"/>.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>For each output of the model the targets.</summary>
    public IReadOnlyList<Targets> Targets { get; }

    /// <summary>(samples): how much each counts, 0 or more; empty where all count the same. <value>empty</value></summary>
    public ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>The number of samples, after a check that all arrays fit these shapes.</summary>
    internal int Check(IReadOnlyList<Shape> inputs, IReadOnlyList<int> targets, string owner)
    {
        int[] lengths = Inputs.Count == 0 ? [Pixels.Length] : [.. Inputs.Select(x => x.Length)];
        if (lengths.Length != inputs.Count || Targets.Count != targets.Count)
        {
            throw new ArgumentException(
                $"{owner}: the data have {lengths.Length} inputs and {Targets.Count} targets, the model {inputs.Count} and {targets.Count}. Give one array for each.");
        }

        var rows = lengths[0] / inputs[0].Size;
        for (var i = 0; i < inputs.Count; i++)
        {
            var (name, size) = (inputs.Count == 1 ? "x" : $"input {i}", inputs[i].Size);
            if (lengths[i] % size != 0 || lengths[i] == 0)
                throw new ArgumentException($"{owner}: {name} holds {lengths[i]} values, expected a positive multiple of {size} for samples of shape {inputs[i]}.");
            if (lengths[i] / size != rows)
                throw new ArgumentException($"{owner}: {name} holds {lengths[i] / size} samples of shape {inputs[i]}, input 0 has {rows}. Each sample needs all inputs.");
        }

        for (var i = 0; i < targets.Count; i++)
        {
            var found = Targets[i].RowsOf(targets[i]);
            if (found != rows)
            {
                var what = found < 0 ? $"a count of values that is no multiple of {targets[i]}" : $"{found}";
                var which = targets.Count == 1 ? "the targets are" : $"the targets of output {i} are";
                throw new ArgumentException($"{owner}: x holds {rows} samples of shape {inputs[0]}, but {which} {what}. Each sample needs one target.");
            }

            if (Targets[i].AreLabels)
                Labels.Check(Targets[i].Labels.Span, targets[i]);
        }

        if (!Weights.IsEmpty)
            CheckWeights(rows, owner);
        return rows;
    }

    private void CheckWeights(int rows, string owner)
    {
        if (Weights.Length != rows)
            throw new ArgumentException($"{owner}: there are {rows} samples, but {Weights.Length} weights. Give one for each, or none.");
        for (var i = 0; i < rows; i++)
        {
            if (!(Weights.Span[i] >= 0) || !float.IsFinite(Weights.Span[i]))
                throw new ArgumentException(FormattableString.Invariant($"{owner}: weight {i} is {Weights.Span[i]}, expected a finite number, 0 or more."));
        }
    }
}
