namespace Shoal.Learning;

public partial class Model
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
    public History Fit(ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels, FitOptions? options = null, CancellationToken cancel = default) =>
        Fit(new Dataset(x, labels), options, cancel);

    /// <summary>Trains on samples with a row of targets each, one-hot or any probabilities; otherwise as the other overload.</summary>
    /// <param name="x">(samples, input shape), row-major; must not change meanwhile.</param>
    /// <param name="targets">(samples, output shape), row-major.</param>
    /// <param name="options">Epochs, steps, batches and the rest; null for the defaults.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Loss and accuracy epoch by epoch.</returns>
    /// <exception cref="ArgumentException">Data or options are not valid.</exception>
    /// <exception cref="TrainingFailedException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public History Fit(ReadOnlyMemory<float> x, ReadOnlyMemory<float> targets, FitOptions? options = null, CancellationToken cancel = default) =>
        Fit(new Dataset(x, targets), options, cancel);

    /// <summary>Trains on samples with several inputs or targets, or with weights; otherwise as the first overload.</summary>
    /// <param name="data">The samples, for each input and output of the model.</param>
    /// <param name="options">Epochs, steps, batches and the rest; null for the defaults.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Loss and metrics epoch by epoch.</returns>
    /// <exception cref="ArgumentException">Data or options are not valid.</exception>
    /// <exception cref="TrainingFailedException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public History Fit(Dataset data, FitOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        return Fit(new ArrayBatches([.. Inputs.Select(i => i.Shape)], TargetLengths, data, BatchOptions(options)), options, cancel);
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
        CheckFits(source, nameof(Fit));
        if (options.StepsPerEpoch is null && source.StepsPerPass is null)
            throw new ArgumentException("Fit: the source has no end. Set FitOptions.StepsPerEpoch.");
        if (options.ClassWeights is not null && _graph.Outputs.Length > 1)
            throw new ArgumentException($"FitOptions.ClassWeights are for a model with one output, this one has {_graph.Outputs.Length}. Weigh the samples instead: Dataset.Weights.");
        options.Validation?.Check([.. Inputs.Select(i => i.Shape)], TargetLengths, "FitOptions.Validation");
        return new Trainer(this, source, options).Run(cancel);
    }

    private static ArrayBatchOptions BatchOptions(FitOptions options) =>
        new() { BatchSize = options.BatchSize, Shuffle = options.Shuffle, Seed = options.Seed, Augmentation = options.Augmentation };
}
