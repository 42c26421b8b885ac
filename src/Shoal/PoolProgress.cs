namespace Shoal;

/// <summary>How far a call has come.</summary>
/// <param name="Finished">The items that are done.</param>
/// <param name="Total">The items of the call; none while a lazy input has not come to its end.</param>
public readonly record struct PoolProgress(long Finished, long? Total);
