namespace Shoal.Learning;

/// <summary>A number of the logs, and which of two of its values is better.</summary>
internal sealed class MonitoredNumber
{
    private static readonly string[] Falling = ["loss", "error"];
    private static readonly string[] Rising = ["acc", "precision", "recall", "f1", "auc"];

    private readonly string _owner;
    private readonly double _minDelta;
    private readonly bool _rises;

    public MonitoredNumber(string name, MonitorMode mode, double minDelta, string owner)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, _owner, _minDelta) = (name, owner, Check.Between(0, double.MaxValue, minDelta, owner, nameof(minDelta)));
        _rises = mode switch
        {
            MonitorMode.Min => false,
            MonitorMode.Max => true,
            MonitorMode.Auto when Holds(Falling) => false,
            MonitorMode.Auto when Holds(Rising) => true,
            MonitorMode.Auto => throw new ArgumentException(
                $"{owner}: \"{name}\" does not say whether more or less of it is better. Choose MonitorMode.Min or MonitorMode.Max."),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), (int)mode, $"{owner}: mode must be one of MonitorMode."),
        };
    }

    public string Name { get; }

    /// <summary>What any number is better than.</summary>
    public double Worst => _rises ? double.NegativeInfinity : double.PositiveInfinity;

    /// <exception cref="InvalidOperationException">The epoch has no such number.</exception>
    public double Of(TrainingContext training) => training.Logs.TryGetValue(Name, out var value)
        ? value
        : throw new InvalidOperationException(
            $"{_owner} watches \"{Name}\", which epoch {training.Epoch} does not have; it has {string.Join(", ", training.Logs.Keys.Order(StringComparer.Ordinal))}. "
            + "Watch one of these, or give Fit validation data for those that begin with val_.");

    /// <summary>Whether it is better by more than the least difference; NaN never is.</summary>
    public bool Improves(double value, double than) => _rises ? value - _minDelta > than : value + _minDelta < than;

    private bool Holds(string[] words) => words.Any(word => Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
