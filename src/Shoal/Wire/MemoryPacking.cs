using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Wire;

/// <summary>Values that are their memory.</summary>
internal sealed class MemoryPacking<T> : Packing<T>
{
    public override int Size => Unsafe.SizeOf<T>();

    public override int Write(ReadOnlySpan<T> values, Span<byte> room, out int bytes)
    {
        values = values[..Math.Min(values.Length, room.Length / Unsafe.SizeOf<T>())];
        bytes = values.Length * Unsafe.SizeOf<T>();
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), bytes).CopyTo(room);
        return values.Length;
    }

    public override bool TryWrite(in T value, Span<byte> room, out int bytes)
    {
        bytes = 0;
        return BlockPacking<T>.TryWrite(in value, room, ref bytes);
    }

    public override T Read(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        return BlockPacking<T>.Read(bytes, ref used);
    }

    public override int Read(ReadOnlySpan<byte> bytes, Span<T> values)
    {
        if (bytes.Length / Unsafe.SizeOf<T>() < values.Length)
            throw PackedBytes.Damaged($"{values.Length} values need more than {bytes.Length} bytes");
        var places = MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), values.Length * Unsafe.SizeOf<T>());
        bytes[..places.Length].CopyTo(places);
        return places.Length;
    }
}
