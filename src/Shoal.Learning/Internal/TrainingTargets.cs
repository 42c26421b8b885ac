namespace Shoal.Learning;

/// <summary>What a model is trained and judged by: a loss, its weight and metrics for each output, and the names that reports call them by.</summary>
internal sealed class TrainingTargets(IReadOnlyList<OutputTraining> trainings, IReadOnlyList<string> outputNames)
{
    private readonly string[][] _metricNames =
        [.. trainings.Select((t, i) => t.Metrics.Select(m => trainings.Count == 1 ? m.Name : $"{outputNames[i]}_{m.Name}").ToArray())];

    public IReadOnlyList<OutputTraining> Trainings { get; } = trainings;

    /// <summary>The weighted sum of the losses of all outputs.</summary>
    public double TotalLoss(ReadOnlySpan<double> losses)
    {
        var sum = 0.0;
        for (var i = 0; i < losses.Length; i++)
            sum += Trainings[i].Weight == 1 ? losses[i] : Trainings[i].Weight * losses[i];
        return sum;
    }

    public void ResetMetrics()
    {
        for (var i = 0; i < Trainings.Count; i++)
        {
            for (var j = 0; j < Trainings[i].Metrics.Count; j++)
                Trainings[i].Metrics[j].Reset();
        }
    }

    /// <summary>The accuracy so far, or NaN where nobody measures it.</summary>
    public double CurrentAccuracy()
    {
        for (var i = 0; i < Trainings.Count; i++)
        {
            for (var j = 0; j < Trainings[i].Metrics.Count; j++)
            {
                if (Trainings[i].Metrics[j].Name == EpochResult.AccuracyName)
                    return Trainings[i].Metrics[j].Result;
            }
        }

        return double.NaN;
    }

    /// <summary>Tells callbacks the metrics so far.</summary>
    public void LogMetrics(TrainingContext context)
    {
        for (var i = 0; i < Trainings.Count; i++)
        {
            for (var j = 0; j < Trainings[i].Metrics.Count; j++)
                context.Log(_metricNames[i][j], Trainings[i].Metrics[j].Result);
        }
    }

    /// <summary>All metrics by name; with several outputs their losses too, and every name behind that of its output, as Keras does it.</summary>
    public IReadOnlyDictionary<string, double> Results(ReadOnlySpan<double> losses, long rows)
    {
        var results = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < Trainings.Count; i++)
        {
            if (Trainings.Count > 1)
                results[$"{outputNames[i]}_loss"] = losses[i] / rows;
            for (var j = 0; j < Trainings[i].Metrics.Count; j++)
                results[_metricNames[i][j]] = Trainings[i].Metrics[j].Result;
        }

        return results;
    }
}
