namespace Shoal.Learning;

/// <summary>How <c>Model.Fit</c> trains.</summary>
/// <remarks>
/// The data go round for ever: 5 epochs of 46 steps are 230 steps, also where one pass over the data has 47 batches. (Keras 3 stops early
/// then, after 140 steps.)
/// </remarks>
public sealed record FitOptions
{
    /// <summary>How many epochs, 1 or more. <value>1</value></summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Steps in an epoch, 1 or more; null for one pass over the data. <value>null</value></summary>
    public int? StepsPerEpoch { get; init; }

    /// <summary>Rows of a batch, 1 or more. <value>32</value></summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The seed of order, augmentation and dropout; first weights have their own in <see cref="ModelOptions"/>. <value>0</value></summary>
    public ulong Seed { get; init; }

    /// <summary>Whether each pass takes the samples in a new order. <value>true</value></summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Random changes of the training images; null for none. <value>null</value></summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>How much the samples of each class count in training, times the weights of the samples; null for all the same. <value>null</value></summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Data to evaluate on after each epoch; null for none. <value>null</value></summary>
    public Dataset? Validation { get; init; }

    /// <summary>
    /// Training batches over which the statistics of batch normalisation are averaged at the end, before the last validation, without a
    /// change of weights; 0 for none. Layers with <see cref="BatchNormStatistics.Keras"/> never take part. <value>12</value>
    /// </summary>
    public int StatisticsBatches { get; init; } = 12;

    /// <summary>
    /// The average of the weights along the training with which the model ends; null for the last weights. It takes their place after the last epoch,
    /// before the statistics of batch normalisation are averaged and before the last validation. <value>null</value>
    /// </summary>
    public WeightAverage? WeightAverage { get; init; }

    /// <summary>
    /// What happens to a step whose loss is no finite number: data with NaN or infinity, or a training that blows up. <value><see cref="OnNotFinite.Stop"/></value>
    /// </summary>
    public OnNotFinite OnNotFinite { get; init; }

    /// <summary>Told of steps and epochs, in this order; they may end the training. <value>none</value></summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>
    /// A file that keeps what a training needs to go on (weights, optimizer, epoch, state of random numbers), written after each epoch, whole or not
    /// at all; null for none. <value>null</value>
    /// </summary>
    public string? Checkpoint { get; init; }

    /// <summary>
    /// Whether to go on after the last epoch that <see cref="Checkpoint"/> holds, with the bits of a training that was never cut; where there is no such
    /// file, training begins anew. Data, model, optimizer, callbacks, seed and sizes must be those of the first run. <value>false</value>
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Called after each step, on the thread that trains; training waits for it. <value>null</value></summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Called after each epoch with its validation, on the thread that trains; training waits for it. <value>null</value></summary>
    public Action<EpochResult>? EpochEnd { get; init; }

    internal void Validate()
    {
        List<string> problems = [];
        if (Epochs < 1)
            problems.Add($"Epochs must be 1 or more (was {Epochs})");
        if (StepsPerEpoch < 1)
            problems.Add($"StepsPerEpoch must be 1 or more, or null (was {StepsPerEpoch})");
        if (BatchSize < 1)
            problems.Add($"BatchSize must be 1 or more (was {BatchSize})");
        if (StatisticsBatches < 0)
            problems.Add($"StatisticsBatches must not be negative (was {StatisticsBatches})");
        if (!Enum.IsDefined(OnNotFinite))
            problems.Add($"OnNotFinite must be Stop or Skip (was {OnNotFinite})");
        if (Resume && Checkpoint is null)
            problems.Add("Resume needs the file that Checkpoint names (was null)");
        if (problems.Count > 0)
            throw new ArgumentException($"FitOptions is not valid: {string.Join("; ", problems)}.");
    }
}
