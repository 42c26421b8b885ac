namespace Shoal;

/// <summary>What a <see cref="CachedPool"/> has done so far. A snapshot; immutable.</summary>
public sealed record CacheReport
{
    /// <summary>Results that were read from the folder.</summary>
    public long Hits { get; init; }

    /// <summary>Items that were not there and had to run.</summary>
    public long Misses { get; init; }

    /// <summary>Entries that were damaged or cut off; each is one of the misses, and is replaced.</summary>
    public long Damaged { get; init; }

    /// <summary>Results that could not be stored, for want of room or rights; the call returned them all the same.</summary>
    public long NotStored { get; init; }
}
