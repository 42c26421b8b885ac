namespace Shoal.Learning;

/// <summary>What a model is trained and judged by: a loss, its weight and metrics for each output, and the names that reports call them by.</summary>
internal sealed class TrainingTargets(IReadOnlyList<OutputTraining> trainings, IReadOnlyList<string> outputNames)
{
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

    /// <summary>All metrics by name; with several outputs their losses too, and every name behind that of its output, as Keras does it.</summary>
    public IReadOnlyDictionary<string, double> Results(ReadOnlySpan<double> losses, long rows)
    {
        var results = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < Trainings.Count; i++)
        {
            var before = Trainings.Count == 1 ? "" : $"{outputNames[i]}_";
            if (Trainings.Count > 1)
                results[$"{before}loss"] = losses[i] / rows;
            foreach (var metric in Trainings[i].Metrics)
                results[before + metric.Name] = metric.Result;
        }

        return results;
    }
}
