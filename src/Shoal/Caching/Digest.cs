using System.Runtime.InteropServices;

namespace Shoal.Caching;

/// <summary>The SHA-256 hash that is the key of a result.</summary>
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
{
    public static Digest Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<Digest>(hash);

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>64 digits, in lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[32];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
