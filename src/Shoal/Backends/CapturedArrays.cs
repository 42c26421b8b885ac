using Shoal.Wire;

namespace Shoal.Backends;

/// <summary>The large arrays that a call's function captured: each is hashed once a call, however many workers need it.</summary>
internal sealed class CapturedArrays
{
    private readonly Lock _lock = new();
    private readonly List<Known> _known = [];

    /// <summary>The hash of a part of an array, as it was when the call was first sent.</summary>
    /// <param name="array">The array.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="partBytes">The parts in which it is hashed, the same for all workers of a call.</param>
    public UInt128 HashOf(Array array, long offset, long count, int partBytes)
    {
        lock (_lock)
        {
            if (Find(array, offset, count) is { } known)
                return known.Hash;
            UInt128 made = ParallelHash.Of(array, offset, count, partBytes);
            _known.Add(new Known(array, offset, count, made));
            return made;
        }
    }

    /// <summary>A part of an array was hashed as it was copied.</summary>
    public void Note(Array array, long offset, long count, UInt128 hash)
    {
        lock (_lock)
        {
            if (Find(array, offset, count) is { } known)
                known.Hash = hash;
            else
                _known.Add(new Known(array, offset, count, hash));
        }
    }

    private Known? Find(Array array, long offset, long count) => _known.Find(known => known.IsOf(array, offset, count));

    private sealed class Known(Array array, long offset, long count, UInt128 hash)
    {
        public UInt128 Hash { get; set; } = hash;

        public bool IsOf(Array other, long from, long length) => other == array && from == offset && length == count;
    }
}
