namespace Shoal.Learning;

/// <summary>Batches from arrays that hold all samples: shuffled anew in each pass, and changed at random if asked.</summary>
/// <remarks>
/// The last batch of a pass is short where the count does not divide. The order of a pass comes from (seed, pass), the changes of an image from
/// (seed, pass, sample): nothing depends on threads or on what was read before. Not thread-safe; the arrays must not change meanwhile.
/// </remarks>
public sealed class ArrayBatches : IBatchSource
{
    private readonly ReadOnlyMemory<float> _x;
    private readonly ReadOnlyMemory<int> _labels;
    private readonly ReadOnlyMemory<float> _targets;
    private readonly ArrayBatchOptions _options;
    private readonly AffineImage? _augmentation;
    private readonly int[] _order;
    private readonly ulong _shuffleKey;
    private readonly ulong _augmentationKey;
    private long _orderPass = -1;

    /// <summary>Samples with the number of their class.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="labels">(samples): classes from 0.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="options">Batch size, order and augmentation; null for the defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a label is no class.</exception>
    public ArrayBatches(Shape input, ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels, int classes, ArrayBatchOptions? options = null)
        : this(input, x, classes, labels.Length, options)
    {
        Labels.Check(labels.Span, classes);
        _labels = labels;
    }

    /// <summary>Samples with a row of targets each, one-hot or any probabilities.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="x">(samples, input shape), row-major.</param>
    /// <param name="targets">(samples, target length), row-major.</param>
    /// <param name="targetLength">Values of one target.</param>
    /// <param name="options">Batch size, order and augmentation; null for the defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public ArrayBatches(Shape input, ReadOnlyMemory<float> x, ReadOnlyMemory<float> targets, int targetLength, ArrayBatchOptions? options = null)
        : this(input, x, targetLength, RowsOf(targets.Length, targetLength), options) =>
        _targets = targets;

    private ArrayBatches(Shape input, ReadOnlyMemory<float> x, int targetLength, int targetRows, ArrayBatchOptions? options)
    {
        ArgumentNullException.ThrowIfNull(input);
        _options = options ?? new();
        var rows = x.Length / input.Size;
        if (x.Length % input.Size != 0 || rows == 0)
            throw new ArgumentException($"x holds {x.Length} values, expected a positive multiple of {input.Size} for samples of shape {input}.");
        if (rows != targetRows)
        {
            var found = targetRows < 0 ? $"a count of values that is no multiple of {targetLength}" : $"{targetRows}";
            throw new ArgumentException($"x holds {rows} samples of shape {input}, but the targets are {found}. Each sample needs one target.");
        }

        (InputShape, TargetLength, _x) = (input, targetLength, x);
        BatchSize = Math.Min(Check.AtLeast(1, _options.BatchSize, nameof(ArrayBatches), nameof(_options.BatchSize)), rows);
        _augmentation = _options.Augmentation is { IsIdentity: false } augmentation ? new(augmentation, input) : null;
        _order = new int[rows];
        _shuffleKey = Seeds.For(_options.Seed, Seeds.Use.Shuffle);
        _augmentationKey = Seeds.For(_options.Seed, Seeds.Use.Augmentation);
    }

    /// <inheritdoc/>
    public Shape InputShape { get; }

    /// <inheritdoc/>
    public int TargetLength { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public int? StepsPerPass => (_order.Length + BatchSize - 1) / BatchSize;

    /// <inheritdoc/>
    public int Fill(long step, Span<float> x, Span<float> targets)
    {
        var (pass, batch) = Math.DivRem(step, StepsPerPass!.Value);
        OrderFor(pass);
        var first = (int)batch * BatchSize;
        var rows = Math.Min(BatchSize, _order.Length - first);
        for (var row = 0; row < rows; row++)
        {
            var sample = _order[first + row];
            ReadSample(sample, pass, x.Slice(row * InputShape.Size, InputShape.Size));
            ReadTarget(sample, targets.Slice(row * TargetLength, TargetLength));
        }

        return rows;
    }

    private static int RowsOf(int values, int targetLength) =>
        values % Check.AtLeast(1, targetLength, nameof(ArrayBatches), nameof(targetLength)) == 0 ? values / targetLength : -1;

    private void ReadSample(int sample, long pass, Span<float> destination)
    {
        var source = _x.Span.Slice(sample * InputShape.Size, InputShape.Size);
        if (_augmentation is null)
            source.CopyTo(destination);
        else
            _augmentation.Apply(_augmentationKey, pass, sample, source, destination);
    }

    private void ReadTarget(int sample, Span<float> destination)
    {
        if (_labels.IsEmpty)
        {
            _targets.Span.Slice(sample * TargetLength, TargetLength).CopyTo(destination);
            return;
        }

        destination.Clear();
        destination[_labels.Span[sample]] = 1;
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
