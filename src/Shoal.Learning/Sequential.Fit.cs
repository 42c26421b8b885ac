namespace Shoal.Learning;

public sealed partial class Sequential
{
    /// <summary>Trains on samples with the number of their class.</summary>
    /// <remarks>
    /// The data go round for ever: 5 epochs of 46 steps are 230 steps, also where a pass has 47 batches (Keras 3 stops after 140 then).
    /// Order, augmentation and dropout come from the seed: the same weights for any number of threads. The next batch is prepared on another
    /// thread. A failure or a cancellation leaves the weights of the last whole step.
    /// </remarks>
    /// <param name="x">(samples, input shape), row-major; must not change meanwhile.</param>
    /// <param name="labels">(samples): classes from 0.</param>
    /// <param name="options">Epochs, steps, batches and the rest; null for the defaults.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Loss and accuracy epoch by epoch.</returns>
    /// <exception cref="ArgumentException">Data or options are not valid.</exception>
    /// <exception cref="TrainingFailedException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public History Fit(ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels, FitOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        options.Validate();
        return Fit(new ArrayBatches(InputShape, x, labels, OutputShape.Size, BatchOptions(options)), options, cancel);
    }

    /// <summary>Trains on samples with a row of targets each, one-hot or any probabilities; otherwise as the other overload.</summary>
    /// <param name="x">(samples, input shape), row-major; must not change meanwhile.</param>
    /// <param name="targets">(samples, output shape), row-major.</param>
    /// <param name="options">Epochs, steps, batches and the rest; null for the defaults.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Loss and accuracy epoch by epoch.</returns>
    /// <exception cref="ArgumentException">Data or options are not valid.</exception>
    /// <exception cref="TrainingFailedException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public History Fit(ReadOnlyMemory<float> x, ReadOnlyMemory<float> targets, FitOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        options.Validate();
        return Fit(new ArrayBatches(InputShape, x, targets, OutputShape.Size, BatchOptions(options)), options, cancel);
    }

    /// <summary>Trains on batches of a source; batch size, order and augmentation are the source's, not the options'.</summary>
    /// <param name="source">An endless row of batches.</param>
    /// <param name="options">Epochs, steps and the rest; null for the defaults.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Loss and accuracy epoch by epoch.</returns>
    /// <exception cref="ArgumentException">Source or options are not valid.</exception>
    /// <exception cref="TrainingFailedException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public History Fit(IBatchSource source, FitOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_disposed, this);
        options ??= new();
        options.Validate();
        if (!source.InputShape.Equals(InputShape))
        {
            throw new ArgumentException(
                $"Fit: the batches hold samples of shape {source.InputShape}, expected {InputShape}, which {_layers[0].Name} ({_layers[0]}) takes.");
        }

        if (source.TargetLength != OutputShape.Size)
        {
            throw new ArgumentException(
                $"Fit: the targets have {source.TargetLength} values, expected {OutputShape.Size}, which {_layers[^1].Name} ({_layers[^1]}) gives.");
        }

        if (options.StepsPerEpoch is null && source.StepsPerPass is null)
            throw new ArgumentException("Fit: the source has no end. Set FitOptions.StepsPerEpoch.");
        if (options.Validation is { } validation)
            CheckValidation(validation);
        return new Trainer(this, _layers, source, options).Run(cancel);
    }

    internal void WeightsChanged() => MarkChanged();

    private static ArrayBatchOptions BatchOptions(FitOptions options) =>
        new() { BatchSize = options.BatchSize, Shuffle = options.Shuffle, Seed = options.Seed, Augmentation = options.Augmentation };

    private void CheckValidation(LabelledData validation)
    {
        var rows = RowsOf(validation.X.Span);
        if (rows == 0 || rows != validation.Labels.Length)
        {
            throw new ArgumentException(
                $"FitOptions.Validation holds {rows} samples of shape {InputShape}, but {validation.Labels.Length} labels. "
                + "Each sample needs one, and there must be some.");
        }

        Labels.Check(validation.Labels.Span, OutputShape.Size);
    }
}
