namespace Shoal.Cli.Compare;

/// <summary>What <c>shoal compare</c> was asked to do.</summary>
internal sealed record CompareSettings
{
    public required string Workload { get; init; }

    public required IReadOnlyList<string> Pools { get; init; }

    /// <summary>The items of the workload; those of its own choice if absent.</summary>
    public required int? Size { get; init; }

    /// <summary>How long an item of the workload <c>sleep</c> sleeps.</summary>
    public required int Milliseconds { get; init; }

    public required ulong Seed { get; init; }

    public required bool Json { get; init; }

    /// <summary>Whether to say, pool by pool, where its time went.</summary>
    public required bool Verbose { get; init; }
}
