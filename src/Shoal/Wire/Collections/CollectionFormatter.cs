using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shoal.Wire.Collections;

/// <summary>A collection that user classes may derive from: it can be set up in an object that exists.</summary>
internal interface ICanDerive
{
    /// <summary>Writes comparer and elements.</summary>
    void Write(WireWriter writer, object value);

    /// <summary>Reads comparer and elements into an object whose constructor has not run.</summary>
    void ReadInto(WireReader reader, object shell);
}

/// <summary>A collection by its elements in order, with its comparer: hashes differ between processes, so buckets never travel.</summary>
internal abstract class CollectionFormatter<TCollection, TItem> : ObjectFormatter
    where TCollection : class, IEnumerable<TItem>
{
    /// <summary>Whether there is a comparer, and of which declared type.</summary>
    protected virtual Type? ComparerType => null;

    /// <summary>Whether <c>foreach</c> goes by hashes rather than by what was added first.</summary>
    protected virtual bool OrderFollowsHashes => false;

    /// <summary>Writes comparer and elements.</summary>
    public sealed override void Write(WireWriter writer, object value)
    {
        var collection = (TCollection)value;
        if (ComparerType is not null)
        {
            try
            {
                writer.Value(ComparerOf(collection));
            }
            catch (WireRefusal refusal) when (refusal.At(".Comparer"))
            {
            }
        }

        var items = Snapshot(collection);
        writer.OrderIsRandom |= OrderFollowsHashes && items.Length > 1;
        writer.Number((ulong)items.Length);
        VectorFormatter<TItem>.WriteItems(writer, items, 0, items.Length);
    }

    /// <summary>The comparer, or null where it is the default one.</summary>
    protected virtual object? ComparerOf(TCollection collection) => null;

    /// <summary>The elements, in the order in which <c>foreach</c> shows them.</summary>
    protected virtual TItem[] Snapshot(TCollection collection) => [.. collection];

    private protected object? ReadComparer(WireReader reader)
    {
        if (ComparerType is null)
            return null;
        var comparer = reader.Value<object?>();
        return comparer is null || ComparerType.IsInstanceOfType(comparer) ? comparer : throw reader.Damaged($"a {comparer.GetType().Name} is no comparer of {TypeText.Of(typeof(TCollection))}");
    }
}

/// <summary>A collection that exists before its elements, so that they may lead back to it.</summary>
internal abstract class MutableCollectionFormatter<TCollection, TItem> : CollectionFormatter<TCollection, TItem>, ICanDerive
    where TCollection : class, IEnumerable<TItem>
{
    /// <summary>Whether filling it compares or hashes elements, which must then be complete.</summary>
    protected virtual bool ComparesItems => false;

    public sealed override object Read(WireReader reader, int id)
    {
        var comparer = ReadComparer(reader);
        var collection = Create(comparer);
        reader.Set(id, collection);
        ReadItemsInto(reader, collection);
        return collection;
    }

    void ICanDerive.ReadInto(WireReader reader, object shell)
    {
        var comparer = ReadComparer(reader);
        var constructor = comparer is null
            ? typeof(TCollection).GetConstructor([])!
            : typeof(TCollection).GetConstructor([ComparerType!])!;
        constructor.Invoke(shell, BindingFlags.DoNotWrapExceptions, null, comparer is null ? [] : [comparer], null);
        ReadItemsInto(reader, (TCollection)shell);
    }

    /// <summary>An empty collection.</summary>
    protected abstract TCollection Create(object? comparer);

    /// <summary>Puts the elements in.</summary>
    protected abstract void Fill(WireReader reader, TCollection collection, TItem[] items);

    private void ReadItemsInto(WireReader reader, TCollection collection)
    {
        var items = VectorFormatter<TItem>.ReadNew(reader);
        if (ComparesItems)
            reader.AtEnd(() => Fill(reader, collection, items));
        else
            Fill(reader, collection, items);
    }

    /// <summary>Whether keys of a type compare by what the runtime knows, whatever else is unfinished.</summary>
    private protected static bool IsSimple(Type type) => type == typeof(string) || Layout.IsBlock(type) && Assemblies.IsFramework(type.Assembly);
}

/// <summary>A collection that is made from its elements; a cycle through it is refused.</summary>
internal abstract class LateCollectionFormatter<TCollection, TItem> : CollectionFormatter<TCollection, TItem>
    where TCollection : class, IEnumerable<TItem>
{
    public sealed override bool IsLate(object value) => true;

    public sealed override object Read(WireReader reader, int id)
    {
        var outside = reader.PutOff;
        var comparer = ReadComparer(reader);
        var items = VectorFormatter<TItem>.ReadNew(reader);
        reader.RunPutOff(outside);
        return Build(comparer, items);
    }

    /// <summary>Makes the collection.</summary>
    protected abstract TCollection Build(object? comparer, TItem[] items);
}

/// <summary>A user's class that derives from a collection: the collection's elements, then the user's own fields.</summary>
internal sealed class DerivedFormatter(Type type, Type framework, ICanDerive collection) : ObjectFormatter, IShellFormatter
{
    private readonly ClassFormatter _own = new(type, [.. Layout.Fields(type, below: framework).Where(f => !Layout.StaysBehind(f))]);

    public override void Write(WireWriter writer, object value)
    {
        collection.Write(writer, value);
        _own.Write(writer, value);
    }

    public override object Read(WireReader reader, int id)
    {
        var value = CreateShell();
        reader.Set(id, value);
        ReadInto(reader, value);
        return value;
    }

    public object CreateShell() => RuntimeHelpers.GetUninitializedObject(type);

    public void ReadInto(WireReader reader, object shell)
    {
        collection.ReadInto(reader, shell);
        _own.ReadInto(reader, shell);
    }
}
