namespace Shoal.Caching;

/// <summary>An item on its way to a worker that will store its result.</summary>
/// <param name="Key">Where the result goes.</param>
/// <param name="Index">The position of the item in the input, of which only a part may run.</param>
/// <param name="Item">The item.</param>
internal readonly record struct Keyed<T>(Digest Key, long Index, T Item);
