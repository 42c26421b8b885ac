namespace Shoal.Wire;

/// <summary>
/// How values of one type lie side by side without a message for each: numbers and plain structs, arrays of them, text, and tuples of such.
/// </summary>
/// <remarks>
/// A value is packed where nothing of its graph is lost by that: it holds one array at most, so that no object can be met twice in it. What is not packed goes as a message.
/// </remarks>
internal abstract class Packing<T>
{
    /// <summary>The packing of this type; none where each value needs a message.</summary>
    public static readonly Packing<T>? Instance = PackingFactory.Create<T>();

    /// <summary>The bytes of each value; 0 where they differ.</summary>
    public abstract int Size { get; }

    /// <summary>Writes values one after another, up to the first one that does not fit, or whose runtime type is not the declared one.</summary>
    /// <returns>How many were written.</returns>
    public abstract int Write(ReadOnlySpan<T> values, Span<byte> room, out int bytes);

    /// <summary>Writes one value, unless it does not fit or its runtime type is not the declared one.</summary>
    public abstract bool TryWrite(in T value, Span<byte> room, out int bytes);

    /// <summary>Reads the first value.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    public abstract T Read(ReadOnlySpan<byte> bytes, out int used);

    /// <summary>Reads the first values into their places.</summary>
    /// <returns>How many bytes they had.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    public abstract int Read(ReadOnlySpan<byte> bytes, Span<T> values);

    /// <summary>Leaves the first values out.</summary>
    /// <returns>How many bytes they had.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    public int Skip(ReadOnlySpan<byte> bytes, int count)
    {
        if (Size > 0)
            return (long)count * Size <= bytes.Length ? count * Size : throw PackedBytes.Damaged($"{count} values need more than {bytes.Length} bytes");
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            _ = Read(bytes[at..], out var used);
            at += used;
        }

        return at;
    }
}

/// <summary>The code of a packing: static, so that the packing of a tuple is one piece of machine code without a call for each part.</summary>
internal interface IPacking<T>
{
    /// <summary>Writes a value at a place, and moves that behind it; false where it does not fit or is not of its declared type, and the place says nothing then.</summary>
    static abstract bool TryWrite(in T value, Span<byte> room, ref int at);

    /// <summary>Reads a value at a place, and moves that behind it.</summary>
    static abstract T Read(ReadOnlySpan<byte> bytes, ref int at);
}
