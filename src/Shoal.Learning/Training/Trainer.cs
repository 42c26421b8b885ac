using System.Diagnostics;

namespace Shoal.Learning;

/// <summary>One call of <c>Fit</c>: epochs of steps, the statistics at the end, validation and progress.</summary>
internal sealed class Trainer(Model model, IBatchSource source, FitOptions options)
{
    private readonly int _steps = options.StepsPerEpoch ?? source.StepsPerPass!.Value;
    private readonly TrainingPlan _plan = model.PlanTraining(source.BatchSize, options.ClassWeights);
    private readonly TrainingTargets _targets = model.Targets;
    private readonly bool _skips = options.OnNotFinite == OnNotFinite.Skip;
    private readonly TrainingContext _context = new(model, options.Epochs);
    private AveragedWeights? _average;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _step;

    public History Run(CancellationToken cancel)
    {
        var epochs = new List<EpochResult>(options.Epochs);
        _average = options.WeightAverage is { } average ? model.Average(average) : null;
        try
        {
            Run(epochs, cancel);
        }
        finally
        {
            _average?.Release();
        }

        return new(epochs, _context.StopReason);
    }

    private void Run(List<EpochResult> epochs, CancellationToken cancel)
    {
        var checkpoint = options.Checkpoint is { } path ? new TrainingCheckpoint(path, model, _plan, options, source, _average) : null;
        TrainingCheckpoint.Progress? progress = null;
        if (options.Resume && File.Exists(options.Checkpoint))
            GoOn(progress = checkpoint!.Read(), epochs);
        else if (options.Checkpoint is not null)
            ModelFile.CheckWritable(options.Checkpoint);

        var end = _step + ((long)(options.Epochs - epochs.Count) * _steps) + options.StatisticsBatches;
        using var batches = new BatchPreparer(source, _step, end);
        Tell((callback, context) => callback.OnTrainBegin(context));
        for (var i = 0; i < progress?.Callbacks.Count; i++)
            options.Callbacks[i].Restore(progress.Callbacks[i].Numbers);
        var finished = epochs.Count == options.Epochs;
        if (finished)
            FinishWeights(batches, cancel);
        while (!finished)
        {
            var epoch = epochs.Count + 1;
            _context.BeginEpoch(epoch);
            Tell((callback, context) => callback.OnEpochBegin(context));
            var sums = RunSteps(batches, epoch, cancel);
            finished = epoch == options.Epochs || _context.StopReason is not null;
            // What follows changes the model for the end only: a training that goes on from here has not done it yet.
            var state = checkpoint?.Capture(_step);
            if (finished)
                FinishWeights(batches, cancel);
            epochs.Add(Finish(sums.Result(epoch), cancel));
            if (state is not null)
                checkpoint!.Write(state, epochs);
            if (!finished && _context.StopReason is not null)
            {
                finished = true;
                FinishWeights(batches, cancel);
            }

            options.EpochEnd?.Invoke(epochs[^1]);
        }

        Tell((callback, context) => callback.OnTrainEnd(context));
    }

    private EpochResult Finish(EpochResult result, CancellationToken cancel)
    {
        if (options.Validation is { } data)
            result = result with { Validation = model.Evaluate(data, cancel) };
        if (options.Callbacks.Count == 0)
            return result;
        _context.LogEpoch(result);
        Tell((callback, context) => callback.OnEpochEnd(context));
        return result with { Metrics = _context.TrainingLogs() };
    }

    private void FinishWeights(BatchPreparer batches, CancellationToken cancel)
    {
        _average?.Swap();
        model.WeightsChanged();
        EstimateStatistics(batches, cancel);
    }

    private void Tell(Action<Callback, TrainingContext> what)
    {
        foreach (var callback in options.Callbacks)
            what(callback, _context);
    }

    private void GoOn(TrainingCheckpoint.Progress progress, List<EpochResult> epochs)
    {
        if (progress.Epochs.Count > options.Epochs)
        {
            throw new ArgumentException(
                $"FitOptions: Epochs is {options.Epochs}, but {options.Checkpoint} holds a training after epoch {progress.Epochs.Count}. Ask for more, or leave Resume out.");
        }

        _step = progress.Step;
        epochs.AddRange(progress.Epochs);
        model.WeightsChanged();
    }

    private EpochSums RunSteps(BatchPreparer batches, int epoch, CancellationToken cancel)
    {
        var sums = new EpochSums(_targets.Trainings.Count);
        _targets.ResetMetrics();
        var start = Stopwatch.GetTimestamp();
        for (var step = 1; step <= _steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var batch = batches.Take(_step, cancel);
            var pass = PassFor(batch);
            var loss = _plan.Step(pass, batch.Batch, looksAtGradients: _skips || !batch.IsFinite);
            model.WeightsChanged();
            var counts = double.IsFinite(loss);
            if (counts)
                sums.Add(batch.Rows, loss, _plan.Losses, Stopwatch.GetElapsedTime(start));
            else if (_skips && _plan.WeightsAreFinite())
                sums.Skip(Stopwatch.GetElapsedTime(start));
            else
                throw Failure().Explain(pass, batch, epoch, step);
            batches.Return();
            _step++;
            if (counts)
                _average?.AfterStep(_step);
            options.Progress?.Invoke(Progress(sums, epoch, step));
            if (options.Callbacks.Count > 0 && TellOfStep(sums, step))
                break;
        }

        sums.Metrics = _targets.Results(sums.Losses, sums.Rows);
        return sums;
    }

    /// <returns>Whether a callback wants no more steps.</returns>
    private bool TellOfStep(EpochSums sums, int step)
    {
        _context.Step = step;
        _context.Log(TrainingContext.LossName, sums.Loss);
        _targets.LogMetrics(_context);
        for (var i = 0; i < options.Callbacks.Count; i++)
            options.Callbacks[i].OnBatchEnd(_context);
        return _context.StopReason is not null;
    }

    private void EstimateStatistics(BatchPreparer batches, CancellationToken cancel)
    {
        foreach (var layer in model.Layers)
            layer.BeginAveraging();
        try
        {
            for (var i = 0; i < options.StatisticsBatches; i++)
            {
                cancel.ThrowIfCancellationRequested();
                var batch = batches.Take(_step, cancel);
                if (batch.IsFinite || Failure().InInputs(batch) is not { } data)
                    _plan.Forward(PassFor(batch), batch.Batch);
                else if (!_skips)
                    throw StepFailure.OfStatistics(data, _context.Epoch, _steps + i + 1, _step);
                batches.Return();
                _step++;
            }
        }
        finally
        {
            foreach (var layer in model.Layers)
                layer.EndAveraging();
            model.WeightsChanged();
        }
    }

    private TrainingProgress Progress(EpochSums sums, int epoch, int step)
    {
        var stepsLeft = ((long)(options.Epochs - epoch) * _steps) + _steps - step;
        return new(
            epoch, options.Epochs, step, _steps, sums.Loss, _targets.CurrentAccuracy(), sums.RowsPerSecond,
            Stopwatch.GetElapsedTime(_started), sums.Time / step * stepsLeft)
        {
            SkippedSteps = sums.SkippedSteps,
        };
    }

    private StepFailure Failure() => new(model, _plan, source);

    private Pass PassFor(BatchPreparer.Slot batch) => new(batch.Rows, Training: true, options.Seed, (ulong)_step);

    private sealed class EpochSums(int outputs)
    {
        private double _lossSum;

        public long Rows { get; private set; }

        public double[] Losses { get; } = new double[outputs];

        public int SkippedSteps { get; private set; }

        public TimeSpan Time { get; private set; }

        public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

        public double Loss => _lossSum / Rows;

        public double RowsPerSecond => Rows / Math.Max(Time.TotalSeconds, 1e-9);

        public EpochResult Result(int epoch) => new(epoch, Loss, Metrics, null, Time.TotalSeconds, RowsPerSecond) { SkippedSteps = SkippedSteps };

        public void Skip(TimeSpan time) => (SkippedSteps, Time) = (SkippedSteps + 1, time);

        public void Add(int rows, double loss, ReadOnlySpan<double> losses, TimeSpan time)
        {
            (Rows, Time) = (Rows + rows, time);
            _lossSum += loss;
            for (var i = 0; i < losses.Length; i++)
                Losses[i] += losses[i];
        }
    }
}
