namespace Shoal.Cli.Compare;

/// <summary>The JSON document of <c>shoal compare</c>, in this order.</summary>
internal sealed record CompareResult(ulong Seed, IReadOnlyList<CompareRow> Rows)
{
    [System.Text.Json.Serialization.JsonPropertyOrder(-1)]
    public int Schema { get; } = 1;
}

/// <summary>One verb with one pool over one size; what is null does not apply and is left out. Times in seconds.</summary>
internal sealed record CompareRow
{
    public required string Workload { get; init; }

    /// <summary>The verb's name in C#, in camel case; <c>loop</c> for the plain loop.</summary>
    public required string Verb { get; init; }

    /// <summary>The items that a run really ran.</summary>
    public required int Size { get; init; }

    /// <summary>The items of the whole work, where <see cref="Size"/> is a part of it.</summary>
    public int? Of { get; init; }

    /// <summary>The values in an item.</summary>
    public int? Values { get; init; }

    public required string Pool { get; init; }

    public required int Workers { get; init; }

    /// <summary>From nothing to the first result of the pool.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>The median of the warm runs.</summary>
    public required double Seconds { get; init; }

    public required double FastestSeconds { get; init; }

    public required double SlowestSeconds { get; init; }

    /// <summary>The warm runs of which <see cref="Seconds"/> is the median.</summary>
    public required int Runs { get; init; }

    /// <summary>The seconds of the plain loop over the same items, divided by <see cref="Seconds"/>.</summary>
    public required double Speedup { get; init; }

    /// <summary>The speed-up for each worker.</summary>
    public required double Efficiency { get; init; }

    /// <summary>Whether every run gave the results of the plain loop.</summary>
    public required bool Identical { get; init; }
}
