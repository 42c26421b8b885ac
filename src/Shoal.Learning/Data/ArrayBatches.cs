namespace Shoal.Learning;

/// <summary>Batches from arrays that hold all samples: shuffled anew in each pass, and changed at random if asked.</summary>
/// <remarks>
/// The last batch of a pass is short where the count does not divide. The order of a pass comes from (seed, pass), the changes of an image from
/// (seed, pass, sample): nothing depends on threads or on what was read before. Not thread-safe; the arrays must not change meanwhile.
/// </remarks>
public sealed class ArrayBatches : IBatchSource
{
    private const float LargestPixel = 255f;

    private readonly Dataset _data;
    private readonly ArrayBatchOptions _options;
    private readonly AffineImage? _augmentation;
    private readonly int[] _order;
    private readonly ulong _shuffleKey;
    private readonly ulong _augmentationKey;
    private float[]? _image;
    private long _orderPass = -1;

    /// <summary>Samples with the number of their class.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="labels">(samples): classes from 0.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="options">Batch size, order and augmentation; null for the defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a label is no class.</exception>
    public ArrayBatches(Shape input, ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels, int classes, ArrayBatchOptions? options = null)
        : this([input], [classes], new Dataset(x, labels), options)
    {
    }

    /// <summary>Samples with a row of targets each, one-hot or any probabilities.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="targets">(samples, target length), row-major.</param>
    /// <param name="targetLength">Values of one target.</param>
    /// <param name="options">Batch size, order and augmentation; null for the defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public ArrayBatches(Shape input, ReadOnlyMemory<float> x, ReadOnlyMemory<float> targets, int targetLength, ArrayBatchOptions? options = null)
        : this([input], [targetLength], new Dataset(x, targets), options)
    {
    }

    /// <summary>Samples with several inputs or targets.</summary>
    /// <param name="inputs">For each input the shape of one sample.</param>
    /// <param name="targetLengths">For each target the values of one sample, or how many classes there are.</param>
    /// <param name="data">The samples.</param>
    /// <param name="options">Batch size, order and augmentation, which is for one input only; null for the defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a label is no class.</exception>
    public ArrayBatches(IReadOnlyList<Shape> inputs, IReadOnlyList<int> targetLengths, Dataset data, ArrayBatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targetLengths);
        ArgumentNullException.ThrowIfNull(data);
        _options = options ?? new();
        foreach (var length in targetLengths)
            Check.AtLeast(1, length, nameof(ArrayBatches), nameof(targetLengths));
        var rows = data.Check(inputs, targetLengths, nameof(ArrayBatches));
        (InputShapes, TargetLengths, _data) = ([.. inputs], [.. targetLengths], data);
        BatchSize = Math.Min(Check.AtLeast(1, _options.BatchSize, nameof(ArrayBatches), nameof(_options.BatchSize)), rows);
        if (_options.Augmentation is { IsIdentity: false } augmentation)
        {
            _augmentation = inputs.Count == 1
                ? new(augmentation, inputs[0])
                : throw new ArgumentException($"ArrayBatches: Augmentation changes the images of a model with one input, this one has {inputs.Count}. Leave it out.");
        }

        _order = new int[rows];
        _shuffleKey = Seeds.For(_options.Seed, Seeds.Use.Shuffle);
        _augmentationKey = Seeds.For(_options.Seed, Seeds.Use.Augmentation);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Shape> InputShapes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> TargetLengths { get; }

    /// <inheritdoc/>
    public bool HasWeights => !_data.Weights.IsEmpty;

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public int? StepsPerPass => (_order.Length + BatchSize - 1) / BatchSize;

    /// <inheritdoc/>
    public int Fill(long step, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (pass, number) = Math.DivRem(step, StepsPerPass!.Value);
        OrderFor(pass);
        var first = (int)number * BatchSize;
        var rows = Math.Min(BatchSize, _order.Length - first);
        for (var row = 0; row < rows; row++)
        {
            var sample = _order[first + row];
            for (var i = 0; i < InputShapes.Count; i++)
                ReadSample(i, sample, pass, batch.Inputs[i].AsSpan(row * InputShapes[i].Size, InputShapes[i].Size));
            for (var i = 0; i < TargetLengths.Count; i++)
                _data.Targets[i].CopyRow(sample, batch.Targets[i].AsSpan(row * TargetLengths[i], TargetLengths[i]));
            if (HasWeights)
                batch.Weights[row] = _data.Weights.Span[sample];
        }

        return rows;
    }

    private void ReadSample(int input, int sample, long pass, Span<float> destination)
    {
        var source = _data.Inputs.Count == 0 ? Intensities(sample, destination) : _data.Inputs[input].Span.Slice(sample * destination.Length, destination.Length);
        if (_augmentation is null)
            source.CopyTo(destination);
        else
            _augmentation.Apply(_augmentationKey, pass, sample, source, destination);
    }

    /// <summary>The pixels of a sample as floats, where they are wanted or, if they are to be changed on the way there, apart.</summary>
    private Span<float> Intensities(int sample, Span<float> destination)
    {
        var intensities = _augmentation is null ? destination : _image ??= new float[destination.Length];
        var pixels = _data.Pixels.Span.Slice(sample * destination.Length, destination.Length);
        for (var i = 0; i < pixels.Length; i++)
            intensities[i] = pixels[i] / LargestPixel;
        return intensities;
    }

    // Fisher and Yates, with the draw for each place from its number alone.
    private void OrderFor(long pass)
    {
        if (pass == _orderPass)
            return;
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        for (var i = _order.Length - 1; _options.Shuffle && i > 0; i--)
        {
            var (high, low, _, _) = Philox.Draw(_shuffleKey, (ulong)i, (ulong)pass);
            var other = (int)Math.BigMul(((ulong)high << 32) | low, (ulong)i + 1, out _);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }

        _orderPass = pass;
    }
}
