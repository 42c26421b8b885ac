namespace Shoal.Cli.Digits;

/// <summary>The JSON document of <c>shoal digits</c>, in this order; what is null does not apply and is left out.</summary>
internal sealed record DigitsResult
{
    public int Schema { get; } = 1;

    public required DataResult Data { get; init; }

    /// <summary>The parameters of the network.</summary>
    public required long Parameters { get; init; }

    public required OptionsResult Options { get; init; }

    public IReadOnlyList<EpochRow>? Epochs { get; init; }

    public required double TestAccuracy { get; init; }

    /// <summary>Test images by true digit, then by predicted digit.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    public required ModelResult Model { get; init; }

    public required IReadOnlyList<PoolResult> Pools { get; init; }
}

/// <summary>The images: how many were trained on, and how many tested on.</summary>
internal sealed record DataResult(string Name, int? Train, int Test, string? Source);

/// <summary>The options that decide the result, as given or by default; those of training only where it happened.</summary>
internal sealed record OptionsResult(int Rows, int Train, int? Epochs, int? Steps, int? Batch, ulong? Seed, int Threads);

internal sealed record EpochRow(double Loss, double Accuracy, double? ValidationAccuracy, double Seconds, double ImagesPerSecond);

internal sealed record ModelResult(string Path, long Bytes);

/// <summary>How one pool predicted the rows. Times in seconds; the counts of lost workers only where there were any.</summary>
internal sealed record PoolResult
{
    public required string Pool { get; init; }

    public required int Workers { get; init; }

    public required int WorkersUsed { get; init; }

    public required int Rows { get; init; }

    /// <summary>Results that carried the number of another process than this one.</summary>
    public required int ItemsInWorkers { get; init; }

    public required double ColdSeconds { get; init; }

    public required double WarmSeconds { get; init; }

    public required double RowsPerSecond { get; init; }

    public required double Speedup { get; init; }

    public required double ColdSpeedup { get; init; }

    public required bool Identical { get; init; }

    public long? WorkersLost { get; init; }

    public long? ItemsRunAgain { get; init; }
}
