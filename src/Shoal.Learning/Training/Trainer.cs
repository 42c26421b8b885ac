using System.Diagnostics;

namespace Shoal.Learning;

/// <summary>One call of <c>Fit</c>: epochs of steps, the statistics at the end, validation and progress.</summary>
internal sealed class Trainer(Sequential model, IReadOnlyList<Layer> layers, IBatchSource source, FitOptions options)
{
    private readonly int _steps = options.StepsPerEpoch ?? source.StepsPerPass!.Value;
    private readonly TrainingPlan _plan = model.PlanTraining(source.BatchSize);
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _step;

    public History Run(CancellationToken cancel)
    {
        var epochs = new List<EpochResult>(options.Epochs);
        var count = ((long)options.Epochs * _steps) + options.StatisticsBatches;
        using var batches = new BatchPreparer(source, count);
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var sums = RunSteps(batches, epoch, cancel);
            if (epoch == options.Epochs)
                EstimateStatistics(batches, cancel);
            epochs.Add(Finish(sums, epoch, cancel));
            options.EpochEnd?.Invoke(epochs[^1]);
        }

        return new(epochs);
    }

    private EpochSums RunSteps(BatchPreparer batches, int epoch, CancellationToken cancel)
    {
        var sums = default(EpochSums);
        var start = Stopwatch.GetTimestamp();
        for (var step = 1; step <= _steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var batch = batches.Take(_step, cancel);
            var result = _plan.Step(PassFor(batch), batch.X, batch.Targets);
            model.WeightsChanged();
            if (!double.IsFinite(result.LossSum))
                throw Failed(batch, epoch, step);
            sums = sums.Add(batch.Rows, result, Stopwatch.GetElapsedTime(start));
            batches.Return();
            _step++;
            options.Progress?.Invoke(Progress(sums, epoch, step));
        }

        return sums;
    }

    private void EstimateStatistics(BatchPreparer batches, CancellationToken cancel)
    {
        foreach (var layer in layers)
            layer.BeginAveraging();
        try
        {
            for (var i = 0; i < options.StatisticsBatches; i++)
            {
                cancel.ThrowIfCancellationRequested();
                var batch = batches.Take(_step, cancel);
                _plan.Forward(PassFor(batch), batch.X);
                batches.Return();
                _step++;
            }
        }
        finally
        {
            foreach (var layer in layers)
                layer.EndAveraging();
            model.WeightsChanged();
        }
    }

    private EpochResult Finish(EpochSums sums, int epoch, CancellationToken cancel)
    {
        var validation = options.Validation is { } data ? model.Evaluate(data.X.Span, data.Labels.Span, cancel) : null;
        return new(epoch, sums.Loss, sums.Accuracy, validation?.Loss, validation?.Accuracy, sums.Time.TotalSeconds, sums.RowsPerSecond);
    }

    private TrainingProgress Progress(EpochSums sums, int epoch, int step)
    {
        var stepsLeft = ((long)(options.Epochs - epoch) * _steps) + _steps - step;
        return new(
            epoch, options.Epochs, step, _steps, sums.Loss, sums.Accuracy, sums.RowsPerSecond,
            Stopwatch.GetElapsedTime(_started), sums.Time / step * stepsLeft);
    }

    private TrainingFailedException Failed(BatchPreparer.Slot batch, int epoch, int step)
    {
        var what = $"Fit: the loss is no finite number in epoch {epoch}, step {step}";
        var x = batch.X.AsSpan(0, batch.Rows * source.InputShape.Size);
        for (var i = 0; i < x.Length; i++)
        {
            if (!float.IsFinite(x[i]))
            {
                var (row, value) = Math.DivRem(i, source.InputShape.Size);
                return new(
                    $"{what}: row {row} of its batch holds {x[i]} as value {value}. Remove or replace such values.", epoch, step);
            }
        }

        return new(
            $"{what}, though its batch holds only finite values. Lower Optimizer.LearningRate (was {model.Optimizer.LearningRate}), "
            + "or scale x to about 0 to 1.",
            epoch,
            step);
    }

    private Pass PassFor(BatchPreparer.Slot batch) => new(batch.Rows, Training: true, options.Seed, (ulong)_step);

    private readonly record struct EpochSums(long Rows, double LossSum, long Right, TimeSpan Time)
    {
        public double Loss => LossSum / Rows;

        public double Accuracy => (double)Right / Rows;

        public double RowsPerSecond => Rows / Math.Max(Time.TotalSeconds, 1e-9);

        public EpochSums Add(int rows, TrainingPlan.StepResult step, TimeSpan time) =>
            new(Rows + rows, LossSum + step.LossSum, Right + step.Right, time);
    }
}
