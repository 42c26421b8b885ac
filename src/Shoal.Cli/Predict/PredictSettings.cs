namespace Shoal.Cli.Predict;

/// <summary>What <c>shoal predict</c> was asked to do.</summary>
internal sealed record PredictSettings
{
    public required string Model { get; init; }

    public required string Images { get; init; }

    public required string? Labels { get; init; }

    /// <summary>How many images from the first; null for all.</summary>
    public required int? Rows { get; init; }

    public required string Pool { get; init; }

    public required bool Json { get; init; }
}
