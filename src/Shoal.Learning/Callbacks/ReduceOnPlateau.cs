namespace Shoal.Learning;

/// <summary>Lowers the learning rate when a number has not got better for some epochs; as Keras' ReduceLROnPlateau.</summary>
/// <remarks>The optimizer must not follow a schedule.</remarks>
/// <param name="monitor">The number's name in the logs. <value>val_loss</value></param>
/// <param name="factor">What the rate is multiplied by, from 0, below 1. <value>0.1</value></param>
/// <param name="patience">The epochs without improvement after which it is lowered, from 0. <value>10</value></param>
/// <param name="mode">Which way is better. <value>Auto</value></param>
/// <param name="minDelta">The least change that counts as better, from 0. <value>0.0001</value></param>
/// <param name="cooldown">The epochs after a reduction that do not count, from 0. <value>0</value></param>
/// <param name="leastRate">The rate is not lowered below this, from 0. <value>0</value></param>
public sealed class ReduceOnPlateau(
    string monitor = "val_loss", double factor = 0.1, int patience = 10, MonitorMode mode = MonitorMode.Auto, double minDelta = 1e-4, int cooldown = 0,
    double leastRate = 0) : Callback
{
    private readonly MonitoredNumber _number = new(monitor, mode, minDelta, nameof(ReduceOnPlateau));
    private readonly double _factor = factor < 1 ? Check.Between(0, 1, factor, nameof(ReduceOnPlateau), nameof(factor)) : throw NoFactor(factor);
    private readonly int _patience = Check.AtLeast(0, patience, nameof(ReduceOnPlateau), nameof(patience));
    private readonly int _cooldown = Check.AtLeast(0, cooldown, nameof(ReduceOnPlateau), nameof(cooldown));
    private readonly double _least = Check.Between(0, 1e30, leastRate, nameof(ReduceOnPlateau), nameof(leastRate));
    private double _best;
    private int _wait;
    private int _rest;

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => (_best, _wait, _rest) = (_number.Worst, 0, 0);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        var value = _number.Of(training);
        if (_rest > 0)
            (_rest, _wait) = (_rest - 1, 0);
        if (_number.Improves(value, _best))
            (_best, _wait) = (value, 0);
        else if (_rest == 0 && ++_wait >= _patience)
            Reduce(training.Model);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Capture() => new Dictionary<string, double> { ["best"] = _best, ["wait"] = _wait, ["rest"] = _rest };

    /// <inheritdoc/>
    public override void Restore(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Count > 0)
            (_best, _wait, _rest) = (Number(state, "best"), (int)Number(state, "wait"), (int)Number(state, "rest"));
    }

    private void Reduce(ITrainedModel model)
    {
        var next = Math.Max(model.LearningRate * _factor, _least);
        if (next >= model.LearningRate || next == 0)
            return;
        model.LearningRate = next;
        (_rest, _wait) = (_cooldown, 0);
    }

    private static ArgumentOutOfRangeException NoFactor(double factor) =>
        new(nameof(factor), factor, FormattableString.Invariant($"ReduceOnPlateau: factor must be from 0 and below 1 (was {factor})."));
}
