using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shoal.Wire.Collections;

internal abstract class MutableDictionaryFormatter<TDictionary, TKey, TValue> : MutableCollectionFormatter<TDictionary, KeyValuePair<TKey, TValue>>
    where TDictionary : class, IDictionary<TKey, TValue>
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override bool ComparesItems => !IsSimple(typeof(TKey));

    protected override void Fill(WireReader reader, TDictionary collection, KeyValuePair<TKey, TValue>[] items)
    {
        foreach (var (key, value) in items)
        {
            if (key is null)
                throw reader.Damaged("a key is null");
            if (!TryAdd(collection, key, value))
                throw Comparers.Twice(reader, key);
        }
    }

    protected abstract bool TryAdd(TDictionary collection, TKey key, TValue value);
}

internal sealed class DictionaryFormatter<TKey, TValue> : MutableDictionaryFormatter<Dictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    protected override object? ComparerOf(Dictionary<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override Dictionary<TKey, TValue> Create(object? comparer) => new((IEqualityComparer<TKey>?)comparer);

    protected override bool TryAdd(Dictionary<TKey, TValue> collection, TKey key, TValue value) => collection.TryAdd(key, value);
}

internal sealed class OrderedDictionaryFormatter<TKey, TValue> : MutableDictionaryFormatter<OrderedDictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    protected override object? ComparerOf(OrderedDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override OrderedDictionary<TKey, TValue> Create(object? comparer) => new((IEqualityComparer<TKey>?)comparer);

    protected override bool TryAdd(OrderedDictionary<TKey, TValue> collection, TKey key, TValue value) => collection.TryAdd(key, value);
}

internal sealed class ConcurrentDictionaryFormatter<TKey, TValue> : MutableDictionaryFormatter<ConcurrentDictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    protected override bool OrderFollowsHashes => true;

    protected override object? ComparerOf(ConcurrentDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override ConcurrentDictionary<TKey, TValue> Create(object? comparer) => new((IEqualityComparer<TKey>?)comparer);

    protected override KeyValuePair<TKey, TValue>[] Snapshot(ConcurrentDictionary<TKey, TValue> collection) => collection.ToArray();

    protected override bool TryAdd(ConcurrentDictionary<TKey, TValue> collection, TKey key, TValue value) => collection.TryAdd(key, value);
}

internal sealed class SortedDictionaryFormatter<TKey, TValue> : MutableDictionaryFormatter<SortedDictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IComparer<TKey>);

    protected override object? ComparerOf(SortedDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override SortedDictionary<TKey, TValue> Create(object? comparer) => new((IComparer<TKey>?)comparer);

    protected override bool TryAdd(SortedDictionary<TKey, TValue> collection, TKey key, TValue value) => collection.TryAdd(key, value);
}

internal sealed class SortedListFormatter<TKey, TValue> : MutableDictionaryFormatter<SortedList<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IComparer<TKey>);

    protected override object? ComparerOf(SortedList<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override SortedList<TKey, TValue> Create(object? comparer) => new((IComparer<TKey>?)comparer);

    protected override bool TryAdd(SortedList<TKey, TValue> collection, TKey key, TValue value) => collection.TryAdd(key, value);
}

internal sealed class ImmutableDictionaryFormatter<TKey, TValue> : LateCollectionFormatter<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override bool OrderFollowsHashes => true;

    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override object? ComparerOf(ImmutableDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.KeyComparer);

    protected override ImmutableDictionary<TKey, TValue> Build(object? comparer, KeyValuePair<TKey, TValue>[] items) =>
        ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)comparer, items);
}

internal sealed class ImmutableSortedDictionaryFormatter<TKey, TValue> : LateCollectionFormatter<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IComparer<TKey>);

    protected override object? ComparerOf(ImmutableSortedDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.KeyComparer);

    protected override ImmutableSortedDictionary<TKey, TValue> Build(object? comparer, KeyValuePair<TKey, TValue>[] items) =>
        ImmutableSortedDictionary.CreateRange((IComparer<TKey>?)comparer, items);
}

internal sealed class FrozenDictionaryFormatter<TKey, TValue> : LateCollectionFormatter<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override bool OrderFollowsHashes => true;

    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override object? ComparerOf(FrozenDictionary<TKey, TValue> collection) => Comparers.OrNull(collection.Comparer);

    protected override FrozenDictionary<TKey, TValue> Build(object? comparer, KeyValuePair<TKey, TValue>[] items) => items.ToFrozenDictionary((IEqualityComparer<TKey>?)comparer);
}

/// <summary>Keys and values in turn. A table with a comparer of its own is refused: it does not show it.</summary>
internal sealed class HashtableFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var table = (Hashtable)value;
        if (Comparer(table) is not null)
            throw new WireRefusal("a Hashtable with a comparer cannot travel to a worker", "use a Dictionary");
        writer.OrderIsRandom |= table.Count > 1;
        var items = new object?[2 * table.Count];
        var at = 0;
        foreach (DictionaryEntry entry in table)
            (items[at++], items[at++]) = (entry.Key, entry.Value);
        writer.Number((ulong)items.Length);
        VectorFormatter<object?>.WriteItems(writer, items);
    }

    public override object Read(WireReader reader, int id)
    {
        var table = new Hashtable();
        reader.Set(id, table);
        var items = VectorFormatter<object?>.ReadNew(reader);
        if (items.Length % 2 != 0)
            throw reader.Damaged("a key has no value");
        reader.AtEnd(() =>
        {
            for (var i = 0; i < items.Length; i += 2)
                table[items[i] ?? throw reader.Damaged("a key is null")] = items[i + 1];
        });
        return table;
    }

    private static IEqualityComparer? Comparer(Hashtable table) =>
        (IEqualityComparer?)typeof(Hashtable).GetProperty("EqualityComparer", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(table);
}
