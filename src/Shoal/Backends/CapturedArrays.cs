using Shoal.Processes;
using Shoal.Wire;

namespace Shoal.Backends;

/// <summary>The large arrays that a call's function captured: each is hashed once a call, however many workers need it.</summary>
internal sealed class CapturedArrays
{
    private readonly Lock _lock = new();
    private readonly List<(Array Array, long Offset, long Count, UInt128 Hash)> _known = [];

    /// <summary>The hash of a part of an array, as it was when the call was first sent.</summary>
    public UInt128 HashOf(Array array, long offset, long count)
    {
        lock (_lock)
        {
            foreach ((Array known, long from, long length, UInt128 hash) in _known)
            {
                if (known == array && from == offset && length == count)
                    return hash;
            }

            UInt128 made = ParallelHash.Of(array, offset, count, LaneWriter.PartBytes);
            _known.Add((array, offset, count, made));
            return made;
        }
    }
}
