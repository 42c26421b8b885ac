using Shoal.Wire;

namespace Shoal.Backends;

/// <summary>The large arrays that a call's function captured: each is hashed once a call, however many workers need it.</summary>
internal sealed class CapturedArrays
{
    private readonly Lock _lock = new();
    private readonly List<(Array Array, long Offset, long Count, UInt128 Hash)> _known = [];

    /// <summary>The hash of a part of an array, as it was when the call was first sent.</summary>
    /// <param name="array">The array.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="partBytes">The parts in which it is hashed, the same for all workers of a call.</param>
    public UInt128 HashOf(Array array, long offset, long count, int partBytes)
    {
        lock (_lock)
        {
            foreach ((Array known, long from, long length, UInt128 hash) in _known)
            {
                if (known == array && from == offset && length == count)
                    return hash;
            }

            UInt128 made = ParallelHash.Of(array, offset, count, partBytes);
            _known.Add((array, offset, count, made));
            return made;
        }
    }
}
