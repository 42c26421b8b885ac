using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Wire;

/// <summary>Arrays of one dimension: one block of memory where the elements allow it, else element by element.</summary>
internal sealed class VectorFormatter<T> : ObjectFormatter
{
    private static readonly bool IsBlock = Layout.IsBlock(typeof(T));

    /// <summary>Writes some elements of an array; a large block is not copied before the message is handed over.</summary>
    public static void WriteItems(WireWriter writer, T[] array, int offset, int count)
    {
        if (IsBlock)
            writer.Memory(array, (long)offset * Unsafe.SizeOf<T>(), (long)count * Unsafe.SizeOf<T>());
        else
            WriteEach(writer, new ReadOnlySpan<T>(array, offset, count), offset);
    }

    /// <summary>Writes elements.</summary>
    public static void WriteItems(WireWriter writer, ReadOnlySpan<T> items)
    {
        if (IsBlock)
            writer.Bytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>())));
        else
            WriteEach(writer, items, 0);
    }

    /// <summary>Reads a count that the remaining bytes can fill.</summary>
    public static int ReadCount(WireReader reader) => reader.Count(IsBlock ? Unsafe.SizeOf<T>() : 1);

    /// <summary>Reads elements into their places.</summary>
    public static void ReadItems(WireReader reader, Span<T> items)
    {
        if (IsBlock)
        {
            reader.Memory(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), (long)items.Length * Unsafe.SizeOf<T>());
            return;
        }

        var formatter = Formatter<T>.Instance;
        for (var i = 0; i < items.Length; i++)
            formatter.Read(reader, ref items[i]);
    }

    /// <summary>Reads a count and that many elements.</summary>
    public static T[] ReadNew(WireReader reader)
    {
        if (TryReadLarge(reader, out var count) is { } large)
            return large;
        var items = New(reader, count);
        ReadItems(reader, items);
        return items;
    }

    // Reads a count; and the elements too, where they are not in the message.
    private static T[]? TryReadLarge(WireReader reader, out int count)
    {
        count = reader.Length();
        var place = IsBlock && (long)count * Unsafe.SizeOf<T>() >= LargeBlock.Bytes ? reader.Byte() : LargeBlock.Here;
        switch (place)
        {
            case LargeBlock.Here:
                return null;
            case LargeBlock.Content:
                return reader.Content() is T[] kept && kept.Length == count ? kept : throw reader.Damaged("a content is not what was expected");
            default:
                reader.CheckPlace(place);
                var items = GC.AllocateUninitializedArray<T>(count);
                reader.Outside(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(items)), (long)count * Unsafe.SizeOf<T>());
                return items;
        }
    }

    private static T[] New(WireReader reader, int count)
    {
        reader.CheckRoom(count, IsBlock ? Unsafe.SizeOf<T>() : 1);
        // Memory that is overwritten at once need not be cleared first.
        return IsBlock ? GC.AllocateUninitializedArray<T>(count) : new T[count];
    }

    public override void Write(WireWriter writer, object value)
    {
        var array = (T[])value;
        writer.Number((ulong)array.Length);
        WriteItems(writer, array, 0, array.Length);
    }

    public override object Read(WireReader reader, int id)
    {
        if (TryReadLarge(reader, out var count) is { } large)
            return large;
        var array = New(reader, count);
        reader.Set(id, array);
        ReadItems(reader, array);
        return array;
    }

    private static void WriteEach(WireWriter writer, ReadOnlySpan<T> items, int first)
    {
        var i = 0;
        var formatter = Formatter<T>.Instance;
        try
        {
            for (; i < items.Length; i++)
                formatter.Write(writer, in items[i]);
        }
        catch (WireRefusal refusal) when (refusal.At($"[{first + i}]"))
        {
        }
    }
}

/// <summary>Arrays of several dimensions, or whose index does not begin at 0: lengths, lower bounds, and the elements in the order of memory.</summary>
internal sealed class ArrayFormatter<T>(Type type) : ObjectFormatter
{
    private static readonly bool IsBlock = Layout.IsBlock(typeof(T));

    public override void Write(WireWriter writer, object value)
    {
        var array = (Array)value;
        for (var dimension = 0; dimension < array.Rank; dimension++)
        {
            writer.Number((ulong)array.GetLength(dimension));
            writer.Raw(array.GetLowerBound(dimension));
        }

        if (IsBlock)
        {
            writer.Memory(array, 0, array.LongLength * Unsafe.SizeOf<T>());
            return;
        }

        long i = 0;
        try
        {
            for (; i < array.LongLength; i++)
                Formatter<T>.Instance.Write(writer, in Element(array, i));
        }
        catch (WireRefusal refusal) when (refusal.At($"[{Index(array, i)}]"))
        {
        }
    }

    public override object Read(WireReader reader, int id)
    {
        var (lengths, bounds) = (new int[type.GetArrayRank()], new int[type.GetArrayRank()]);
        decimal total = 1;
        for (var dimension = 0; dimension < lengths.Length; dimension++)
        {
            lengths[dimension] = reader.Number(int.MaxValue, "the length of an array");
            bounds[dimension] = reader.Raw<int>();
            total = Math.Min(total * lengths[dimension], long.MaxValue);
        }

        var bytes = total * (IsBlock ? Unsafe.SizeOf<T>() : 1);
        var place = IsBlock && bytes >= LargeBlock.Bytes ? reader.Byte() : LargeBlock.Here;
        if (place != LargeBlock.Here)
            reader.CheckPlace(place);
        if (bytes > (place == LargeBlock.Here ? reader.Remaining : WireReader.MaxOutside))
            throw reader.Damaged($"it claims an array of {string.Join(" × ", lengths)} elements where {reader.Remaining} bytes are left");
        var array = Array.CreateInstanceFromArrayType(type, lengths, bounds);
        reader.Set(id, array);
        if (place != LargeBlock.Here)
            reader.Outside(ref MemoryMarshal.GetArrayDataReference(array), (long)bytes);
        else if (IsBlock)
            reader.Memory(ref MemoryMarshal.GetArrayDataReference(array), (long)bytes);
        else
            for (long i = 0; i < array.LongLength; i++)
                Formatter<T>.Instance.Read(reader, ref Element(array, i));
        return array;
    }

    private static ref T Element(Array array, long index) =>
        ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), (nint)index);

    private static string Index(Array array, long index)
    {
        var parts = new long[array.Rank];
        for (var dimension = array.Rank - 1; dimension >= 0; dimension--)
        {
            parts[dimension] = index % array.GetLength(dimension) + array.GetLowerBound(dimension);
            index /= array.GetLength(dimension);
        }

        return string.Join(", ", parts);
    }
}
