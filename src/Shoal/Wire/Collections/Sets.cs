using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shoal.Wire.Collections;

internal sealed class HashSetFormatter<T> : MutableCollectionFormatter<HashSet<T>, T>
{
    protected override Type ComparerType => typeof(IEqualityComparer<T>);

    protected override bool ComparesItems => !IsSimple(typeof(T));

    protected override object? ComparerOf(HashSet<T> collection) => Comparers.OrNull(collection.Comparer);

    protected override HashSet<T> Create(object? comparer) => new((IEqualityComparer<T>?)comparer);

    protected override void Fill(WireReader reader, HashSet<T> collection, T[] items)
    {
        collection.EnsureCapacity(items.Length);
        foreach (var item in items)
        {
            if (!collection.Add(item))
                throw Comparers.Twice(reader, item);
        }
    }
}

internal sealed class SortedSetFormatter<T> : MutableCollectionFormatter<SortedSet<T>, T>
{
    protected override Type ComparerType => typeof(IComparer<T>);

    protected override bool ComparesItems => !IsSimple(typeof(T));

    protected override object? ComparerOf(SortedSet<T> collection) => Comparers.OrNull(collection.Comparer);

    protected override SortedSet<T> Create(object? comparer) => new((IComparer<T>?)comparer);

    protected override void Fill(WireReader reader, SortedSet<T> collection, T[] items)
    {
        foreach (var item in items)
        {
            if (!collection.Add(item))
                throw Comparers.Twice(reader, item);
        }
    }
}

internal sealed class ImmutableHashSetFormatter<T> : LateCollectionFormatter<ImmutableHashSet<T>, T>
{
    protected override bool OrderFollowsHashes => true;

    protected override Type ComparerType => typeof(IEqualityComparer<T>);

    protected override object? ComparerOf(ImmutableHashSet<T> collection) => Comparers.OrNull(collection.KeyComparer);

    protected override ImmutableHashSet<T> Build(object? comparer, T[] items) => ImmutableHashSet.CreateRange((IEqualityComparer<T>?)comparer, items);
}

internal sealed class ImmutableSortedSetFormatter<T> : LateCollectionFormatter<ImmutableSortedSet<T>, T>
{
    protected override Type ComparerType => typeof(IComparer<T>);

    protected override object? ComparerOf(ImmutableSortedSet<T> collection) => Comparers.OrNull(collection.KeyComparer);

    protected override ImmutableSortedSet<T> Build(object? comparer, T[] items) => ImmutableSortedSet.CreateRange((IComparer<T>?)comparer, items);
}

internal sealed class FrozenSetFormatter<T> : LateCollectionFormatter<FrozenSet<T>, T>
{
    protected override bool OrderFollowsHashes => true;

    protected override Type ComparerType => typeof(IEqualityComparer<T>);

    protected override object? ComparerOf(FrozenSet<T> collection) => Comparers.OrNull(collection.Comparer);

    protected override FrozenSet<T> Build(object? comparer, T[] items) => items.ToFrozenSet((IEqualityComparer<T>?)comparer);
}
