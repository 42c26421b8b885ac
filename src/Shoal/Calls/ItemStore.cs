using System.Runtime.InteropServices;

namespace Shoal.Calls;

/// <summary>The items of a call by index. Items may be read by several threads at once.</summary>
internal abstract class ItemStore<T>
{
    /// <summary>How many there are, where that is known before they are read.</summary>
    public abstract long? Count { get; }

    /// <summary>How many can be read by index now.</summary>
    public abstract long Taken { get; }

    /// <summary>Takes one more from the input; false at its end. Throws what the input throws. One thread at a time.</summary>
    public abstract bool TakeOne();

    /// <summary>Items from <paramref name="start"/> on, at most <paramref name="count"/> and at least one.</summary>
    public abstract ReadOnlySpan<T> Range(long start, int count);

    /// <summary>These items will not be read again.</summary>
    public abstract void Release(long start, int count);

    /// <summary>Ends the reading of the input.</summary>
    public virtual void Close()
    {
    }

    /// <summary>The store that reads these items without a copy where they can be read by index.</summary>
    /// <param name="items">The items.</param>
    /// <param name="lazily">Whether to take all others one by one; else a collection, which may change meanwhile, is copied.</param>
    public static ItemStore<T> Of(IEnumerable<T> items, bool lazily = false) => items switch
    {
        // An array of a more derived type cannot be seen as a span of the base.
        T[] array when array.GetType() == typeof(T[]) => new ArrayItems<T>(array),
        List<T> list => new ListItems<T>(list),
        ICollection<T> collection when !lazily => new ArrayItems<T>([.. collection]),
        _ => new ArrivingItems<T>(items),
    };
}

internal sealed class ArrayItems<T>(T[] items) : ItemStore<T>
{
    public override long? Count => items.Length;

    public override long Taken => items.Length;

    public override bool TakeOne() => false;

    public override ReadOnlySpan<T> Range(long start, int count) => items.AsSpan((int)start, count);

    public override void Release(long start, int count)
    {
    }
}

internal sealed class ListItems<T>(List<T> items) : ItemStore<T>
{
    private readonly int _count = items.Count;

    public override long? Count => _count;

    public override long Taken => _count;

    public override bool TakeOne() => false;

    public override ReadOnlySpan<T> Range(long start, int count)
        => items.Count == _count
            ? CollectionsMarshal.AsSpan(items).Slice((int)start, count)
            : throw new InvalidOperationException($"The list of items changed while a pool worked on it: it had {_count} items and now has {items.Count}.");

    public override void Release(long start, int count)
    {
    }
}
