namespace Shoal.Cli.Digits;

/// <summary>What <c>shoal digits</c> was asked to do.</summary>
internal sealed record DigitsSettings
{
    public required IReadOnlyList<string> Pools { get; init; }

    public required int Rows { get; init; }

    public required int Train { get; init; }

    /// <summary>Whether to train on all images, with a learning rate that falls and an average of the weights.</summary>
    public required bool Full { get; init; }

    public required int Epochs { get; init; }

    public required int Steps { get; init; }

    public required int Batch { get; init; }

    public required ulong Seed { get; init; }

    public required int Threads { get; init; }

    /// <summary>Where the trained model goes; the file of <c>--load</c> where nothing is trained.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Whether to train, or to load <see cref="ModelPath"/>.</summary>
    public required bool Trains { get; init; }

    public required string? Data { get; init; }

    public required bool Json { get; init; }
}
