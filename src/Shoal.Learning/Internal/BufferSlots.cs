namespace Shoal.Learning;

/// <summary>Which values share memory: hands out numbered slots, takes them back, and knows how large each must be.</summary>
internal sealed class BufferSlots
{
    private readonly List<int> _sizes = [];
    private readonly List<int> _free = [];

    /// <summary>What each slot must hold, in the unit in which it was asked for.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>A free slot of this size: the smallest that is large enough, else the largest, which then grows, else a new one.</summary>
    public int Take(int size)
    {
        var best = -1;
        foreach (var slot in _free)
        {
            if (best < 0 || (_sizes[best] >= size ? _sizes[slot] >= size && _sizes[slot] < _sizes[best] : _sizes[slot] > _sizes[best]))
                best = slot;
        }

        if (best < 0)
        {
            _sizes.Add(size);
            return _sizes.Count - 1;
        }

        _free.Remove(best);
        _sizes[best] = Math.Max(_sizes[best], size);
        return best;
    }

    public void Return(int slot) => _free.Add(slot);
}
