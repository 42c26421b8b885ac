using System.Buffers.Binary;

namespace Shoal.Processes;

/// <summary>A received frame.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Body">What it carries; valid until the next frame is received.</param>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes before the body: its length and the kind, 32 bits each, little-endian.</summary>
    public const int HeaderSize = 8;

    /// <summary>The longest body: what one array holds.</summary>
    public const int MaxBody = 0x7fff_0000;

    public int Int32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(Body.Span[offset..]);

    public long Int64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(Body.Span[offset..]);
}
