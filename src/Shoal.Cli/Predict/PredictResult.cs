namespace Shoal.Cli.Predict;

/// <summary>The JSON document of <c>shoal predict</c>, in this order; what is null does not apply and is left out.</summary>
internal sealed record PredictResult
{
    public int Schema { get; } = 1;

    public required string Model { get; init; }

    public required string Pool { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The share of images whose label is that of the file of labels.</summary>
    public double? Accuracy { get; init; }

    public required IReadOnlyList<PredictedRow> Rows { get; init; }
}

/// <summary>One image: where it comes from, its most probable label, and the probability of each.</summary>
internal sealed record PredictedRow(string Source, int Label, float[] Probabilities);
