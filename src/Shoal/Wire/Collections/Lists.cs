using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Shoal.Wire.Collections;

internal sealed class ListFormatter<T> : ObjectFormatter, ICanDerive, IShellFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var items = CollectionsMarshal.AsSpan((List<T>)value);
        writer.Number((ulong)items.Length);
        VectorFormatter<T>.WriteItems(writer, items);
    }

    public override object Read(WireReader reader, int id)
    {
        var list = new List<T>();
        reader.Set(id, list);
        Fill(reader, list);
        return list;
    }

    public void ReadInto(WireReader reader, object shell)
    {
        typeof(List<T>).GetConstructor([])!.Invoke(shell, BindingFlags.DoNotWrapExceptions, null, null, null);
        Fill(reader, (List<T>)shell);
    }

    object IShellFormatter.CreateShell() => new List<T>();

    void IShellFormatter.ReadInto(WireReader reader, object shell) => Fill(reader, (List<T>)shell);

    private static void Fill(WireReader reader, List<T> list)
    {
        CollectionsMarshal.SetCount(list, VectorFormatter<T>.ReadCount(reader));
        VectorFormatter<T>.ReadItems(reader, CollectionsMarshal.AsSpan(list));
    }
}

internal sealed class QueueFormatter<T> : MutableCollectionFormatter<Queue<T>, T>
{
    protected override Queue<T> Create(object? comparer) => new();

    protected override void Fill(WireReader reader, Queue<T> collection, T[] items)
    {
        foreach (var item in items)
            collection.Enqueue(item);
    }
}

/// <summary>The top comes first, as <c>foreach</c> shows it.</summary>
internal sealed class StackFormatter<T> : MutableCollectionFormatter<Stack<T>, T>
{
    protected override Stack<T> Create(object? comparer) => new();

    protected override void Fill(WireReader reader, Stack<T> collection, T[] items)
    {
        for (var i = items.Length - 1; i >= 0; i--)
            collection.Push(items[i]);
    }
}

internal sealed class LinkedListFormatter<T> : MutableCollectionFormatter<LinkedList<T>, T>
{
    protected override LinkedList<T> Create(object? comparer) => new();

    protected override void Fill(WireReader reader, LinkedList<T> collection, T[] items)
    {
        foreach (var item in items)
            collection.AddLast(item);
    }
}

internal sealed class ConcurrentQueueFormatter<T> : MutableCollectionFormatter<ConcurrentQueue<T>, T>
{
    protected override ConcurrentQueue<T> Create(object? comparer) => new();

    protected override void Fill(WireReader reader, ConcurrentQueue<T> collection, T[] items)
    {
        foreach (var item in items)
            collection.Enqueue(item);
    }
}

internal sealed class ConcurrentStackFormatter<T> : MutableCollectionFormatter<ConcurrentStack<T>, T>
{
    protected override ConcurrentStack<T> Create(object? comparer) => new();

    protected override void Fill(WireReader reader, ConcurrentStack<T> collection, T[] items)
    {
        Array.Reverse(items);
        if (items.Length > 0)
            collection.PushRange(items);
    }
}

/// <summary>A bag shows last what one thread added first.</summary>
internal sealed class ConcurrentBagFormatter<T> : MutableCollectionFormatter<ConcurrentBag<T>, T>
{
    protected override ConcurrentBag<T> Create(object? comparer) => [];

    protected override void Fill(WireReader reader, ConcurrentBag<T> collection, T[] items)
    {
        for (var i = items.Length - 1; i >= 0; i--)
            collection.Add(items[i]);
    }
}

internal sealed class ImmutableListFormatter<T> : LateCollectionFormatter<ImmutableList<T>, T>
{
    protected override ImmutableList<T> Build(object? comparer, T[] items) => [.. items];
}

internal sealed class ImmutableQueueFormatter<T> : LateCollectionFormatter<ImmutableQueue<T>, T>
{
    protected override ImmutableQueue<T> Build(object? comparer, T[] items) => [.. items];
}

internal sealed class ImmutableStackFormatter<T> : LateCollectionFormatter<ImmutableStack<T>, T>
{
    protected override ImmutableStack<T> Build(object? comparer, T[] items)
    {
        Array.Reverse(items);
        return ImmutableStack.CreateRange(items);
    }
}

internal sealed class ArrayListFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var items = ((ArrayList)value).ToArray();
        writer.Number((ulong)items.Length);
        VectorFormatter<object?>.WriteItems(writer, items);
    }

    public override object Read(WireReader reader, int id)
    {
        var list = new ArrayList();
        reader.Set(id, list);
        list.AddRange(VectorFormatter<object?>.ReadNew(reader));
        return list;
    }
}
