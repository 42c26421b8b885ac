using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Wire;

/// <summary>A number, or a struct whose memory says everything.</summary>
internal readonly struct BlockPacking<T> : IPacking<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite(in T value, Span<byte> room, ref int at)
    {
        if (room.Length - at < Unsafe.SizeOf<T>())
            return false;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetReference(room), at), value);
        at += Unsafe.SizeOf<T>();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes.Length - at < Unsafe.SizeOf<T>())
            throw PackedBytes.Damaged("it ends too early");
        var value = Unsafe.ReadUnaligned<T>(in Unsafe.Add(ref MemoryMarshal.GetReference(bytes), at));
        at += Unsafe.SizeOf<T>();
        return value;
    }
}

/// <summary>An array of numbers or such structs: its length, or −1 for none, and its memory.</summary>
internal readonly struct ArrayPacking<T> : IPacking<T[]?>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite(in T[]? value, Span<byte> room, ref int at)
    {
        // An int[] may be a uint[], or an array of an enum: that needs a message that says so.
        if (value is not null && value.GetType() != typeof(T[]))
            return false;
        if (!PackedBytes.TryWriteLength(value is null ? PackedBytes.None : value.Length, value?.Length ?? 0, Unsafe.SizeOf<T>(), room, ref at, out var count))
            return false;
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference<T>(value)), count).CopyTo(room[at..]);
        at += count;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T[]? Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = PackedBytes.ReadLength(bytes, ref at, Unsafe.SizeOf<T>());
        if (length == PackedBytes.None)
            return null;
        var value = GC.AllocateUninitializedArray<T>(length);
        var memory = MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(value)), length * Unsafe.SizeOf<T>());
        bytes.Slice(at, memory.Length).CopyTo(memory);
        at += memory.Length;
        return value;
    }
}

/// <summary>Text: its length, or −1 for none, and its characters, so that lone surrogates survive.</summary>
internal readonly struct TextPacking : IPacking<string?>
{
    public static bool TryWrite(in string? value, Span<byte> room, ref int at)
    {
        if (!PackedBytes.TryWriteLength(value is null ? PackedBytes.None : value.Length, value?.Length ?? 0, sizeof(char), room, ref at, out var count))
            return false;
        MemoryMarshal.AsBytes(value.AsSpan()).CopyTo(room[at..]);
        at += count;
        return true;
    }

    public static string? Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = PackedBytes.ReadLength(bytes, ref at, sizeof(char));
        if (length == PackedBytes.None)
            return null;
        var text = bytes.Slice(at, length * sizeof(char));
        at += text.Length;
        return new string(MemoryMarshal.Cast<byte, char>(text));
    }
}

/// <summary>Lengths among packed values.</summary>
internal static class PackedBytes
{
    /// <summary>The length of nothing.</summary>
    public const int None = -1;

    /// <summary>Writes a length where it and what follows fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWriteLength(int mark, int length, int elementBytes, Span<byte> room, ref int at, out int count)
    {
        var bytes = (long)length * elementBytes;
        count = (int)bytes;
        if (room.Length - at - sizeof(int) < bytes)
            return false;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetReference(room), at), mark);
        at += sizeof(int);
        return true;
    }

    /// <summary>Reads a length that what is left can fill, or <see cref="None"/>.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadLength(ReadOnlySpan<byte> bytes, ref int at, int elementBytes)
    {
        var length = BlockPacking<int>.Read(bytes, ref at);
        if (length < None || (long)length * elementBytes > bytes.Length - at)
            throw Damaged($"it claims {length} elements where {bytes.Length - at} bytes are left");
        return length;
    }

    /// <summary>The error for bytes that no packing wrote.</summary>
    public static InvalidDataException Damaged(string what) => new($"A block of values between caller and worker is damaged: {what}.");
}
