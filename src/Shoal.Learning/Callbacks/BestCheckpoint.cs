namespace Shoal.Learning;

/// <summary>Saves the model after each epoch in which a number got better; as Keras' ModelCheckpoint with save_best_only.</summary>
/// <remarks>
/// The path may name the epoch (from 1) and the numbers of the logs, with .NET's formats: <c>models/{epoch:00}-{val_loss:0.000}.safetensors</c>. Without
/// such names the file is replaced, whole or not at all. Folders are created.
/// </remarks>
/// <param name="path">Where to save.</param>
/// <param name="monitor">The number's name in the logs. <value>val_loss</value></param>
/// <param name="mode">Which way is better. <value>Auto</value></param>
public sealed class BestCheckpoint(string path, string monitor = "val_loss", MonitorMode mode = MonitorMode.Auto) : Callback
{
    private readonly CheckpointPath _path = new(path, nameof(BestCheckpoint));
    private readonly MonitoredNumber _number = new(monitor, mode, 0, nameof(BestCheckpoint));

    /// <summary>The file of the best epoch so far; null before any, and after a break until there is a better one.</summary>
    public string? BestPath { get; private set; }

    /// <summary>The best value so far; null before any.</summary>
    public double? Best { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => (BestPath, Best) = (null, null);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        var value = _number.Of(training);
        if (!_number.Improves(value, Best ?? _number.Worst))
            return;
        var file = _path.For(training);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        training.Model.Save(file);
        (BestPath, Best) = (file, value);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Capture() => Best is { } best ? new Dictionary<string, double> { ["best"] = best } : base.Capture();

    /// <inheritdoc/>
    public override void Restore(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Count > 0)
            Best = Number(state, "best");
    }
}
