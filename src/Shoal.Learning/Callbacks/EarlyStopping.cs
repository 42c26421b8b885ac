namespace Shoal.Learning;

/// <summary>Ends the training when a number has not got better for some epochs, and may put back the best weights; as in Keras.</summary>
/// <remarks>
/// A checkpoint does not hold the best weights: with them asked for, a training that goes on looks for its best epoch anew.
/// </remarks>
/// <param name="monitor">The number's name in the logs. <value>val_loss</value></param>
/// <param name="minDelta">The least change that counts as better, from 0. <value>0</value></param>
/// <param name="patience">The epochs without improvement after which it ends, from 0; never after the first epoch. <value>0</value></param>
/// <param name="mode">Which way is better. <value>Auto</value></param>
/// <param name="baseline">A value that has to be reached: improvements that stay below it do not renew the patience. <value>null</value></param>
/// <param name="restoreBest">Whether the model ends with the weights of its best epoch, also where nothing stopped it. <value>false</value></param>
/// <param name="startFromEpoch">The first epochs that are not looked at, from 0. <value>0</value></param>
public sealed class EarlyStopping(
    string monitor = "val_loss", double minDelta = 0, int patience = 0, MonitorMode mode = MonitorMode.Auto, double? baseline = null,
    bool restoreBest = false, int startFromEpoch = 0) : Callback
{
    private readonly MonitoredNumber _number = new(monitor, mode, minDelta, nameof(EarlyStopping));
    private readonly int _patience = Check.AtLeast(0, patience, nameof(EarlyStopping), nameof(patience));
    private readonly int _startFrom = Check.AtLeast(0, startFromEpoch, nameof(EarlyStopping), nameof(startFromEpoch));
    private double _best;
    private int _wait;
    private float[][]? _weights;

    /// <summary>The best epoch seen, from 1; 0 before any.</summary>
    public int BestEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => (_best, _wait, _weights, BestEpoch) = (_number.Worst, 0, null, 0);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.Epoch <= _startFrom)
            return;
        var value = _number.Of(training);
        if (BestEpoch == 0)
            Remember(training);
        _wait++;
        if (_number.Improves(value, _best))
        {
            _best = value;
            if (BestEpoch != training.Epoch)
                Remember(training);
            if (baseline is not { } least || _number.Improves(value, least))
                _wait = 0;
        }
        else if (_wait >= _patience && training.Epoch > 1)
        {
            training.Stop(FormattableString.Invariant($"EarlyStopping: {_number.Name} has not improved for {_wait} epochs; the best was {_best} after epoch {BestEpoch}."));
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (_weights is not null)
            training.Model.Restore(_weights);
        _weights = null;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Capture() => restoreBest
        ? base.Capture()
        : new Dictionary<string, double> { ["best"] = _best, ["wait"] = _wait, ["bestEpoch"] = BestEpoch };

    /// <inheritdoc/>
    public override void Restore(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Count > 0 && !restoreBest)
            (_best, _wait, BestEpoch) = (Number(state, "best"), (int)Number(state, "wait"), (int)Number(state, "bestEpoch"));
    }

    private void Remember(TrainingContext training)
    {
        BestEpoch = training.Epoch;
        if (restoreBest)
            _weights = training.Model.Snapshot();
    }
}
