namespace Shoal.Learning;

/// <summary>Where a training stands, for callbacks; the same object through one call of <c>Fit</c>.</summary>
public sealed class TrainingContext
{
    internal const string LossName = "loss";
    internal const string ValidationPrefix = "val_";

    private readonly Dictionary<string, double> _logs = [];

    internal TrainingContext(ITrainedModel model, int epochs) => (Model, Epochs) = (model, epochs);

    /// <summary>The model.</summary>
    public ITrainedModel Model { get; }

    /// <summary>How many epochs there will be at most.</summary>
    public int Epochs { get; }

    /// <summary>The epoch, from 1; 0 before the first.</summary>
    public int Epoch { get; internal set; }

    /// <summary>The steps taken in the epoch.</summary>
    public int Step { get; internal set; }

    /// <summary>
    /// The epoch's numbers so far by name, as in Keras: <c>loss</c> and the metrics, at the end of an epoch also those of validation with <c>val_</c> in
    /// front.
    /// </summary>
    public IReadOnlyDictionary<string, double> Logs => _logs;

    /// <summary>Why the training ends after this epoch; null while it goes on.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Adds a number to the epoch's, for the callbacks that come later in the list and for the history.</summary>
    /// <param name="name">Its name; an older number of that name is replaced.</param>
    /// <param name="value">The number.</param>
    public void Log(string name, double value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _logs[name] = value;
    }

    /// <summary>Ends the training after the step or epoch that is running; the first reason stays.</summary>
    /// <param name="reason">For people: what was seen.</param>
    public void Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        StopReason ??= reason;
    }

    /// <summary>The numbers of a whole epoch in place of those so far.</summary>
    internal void LogEpoch(EpochResult epoch)
    {
        Log(LossName, epoch.Loss);
        foreach (var (name, value) in epoch.Metrics)
            Log(name, value);
        if (epoch.Validation is not { } validation)
            return;
        Log(ValidationPrefix + LossName, validation.Loss);
        foreach (var (name, value) in validation.Metrics)
            Log(ValidationPrefix + name, value);
    }

    /// <summary>All numbers but the loss and those of validation, callbacks' own among them.</summary>
    internal IReadOnlyDictionary<string, double> TrainingLogs() => _logs
        .Where(log => log.Key != LossName && !log.Key.StartsWith(ValidationPrefix, StringComparison.Ordinal))
        .ToDictionary();

    internal void BeginEpoch(int epoch)
    {
        (Epoch, Step) = (epoch, 0);
        _logs.Clear();
    }
}
