namespace Shoal;

/// <summary>What is fixed when a pool opens.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed record PoolOptions
{
    /// <summary>How many workers; default: one for each core.</summary>
    public int? Workers { get; init; }

    /// <summary>Runs once in each worker before its first item, also in replacements. Default: nothing.</summary>
    public Action? Initializer { get; init; }

    /// <summary>Environment variables that workers get in addition to, or in place of, the inherited ones; a null removes one. Default: none.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>How long work may go on after it was told to stop. Default: 2 seconds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);
}
