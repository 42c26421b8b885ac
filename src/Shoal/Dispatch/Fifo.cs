using System.Collections;

namespace Shoal.Dispatch;

/// <summary>A queue.</summary>
/// <remarks>
/// <see cref="Queue{T}"/> over a struct of this assembly would be compiled in each process that opens a pool, ten methods before the first worker starts: native code ahead of time
/// (<c>Shoal.csproj</c>) holds generics of the framework only over the framework's types. Not thread-safe.
/// </remarks>
internal sealed class Fifo<T> : IEnumerable<T>
{
    private T[] _items = new T[16];
    private int _first;

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one at the end.</summary>
    public void Enqueue(T item)
    {
        if (Count == _items.Length)
        {
            var larger = new T[2 * Count];
            for (var i = 0; i < Count; i++)
                larger[i] = _items[(_first + i) & (Count - 1)];
            (_items, _first) = (larger, 0);
        }

        _items[(_first + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    /// <summary>Takes the first one.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeue(out T item)
    {
        if (Count == 0)
        {
            item = default!;
            return false;
        }

        item = _items[_first];
        _items[_first] = default!;
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return true;
    }

    /// <summary>Takes all of them.</summary>
    public void Clear()
    {
        Array.Clear(_items);
        (_first, Count) = (0, 0);
    }

    /// <summary>All of them, the first one first.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return _items[(_first + i) & (_items.Length - 1)];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
