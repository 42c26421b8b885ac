using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Processes;

/// <summary>A block of an array's memory on its way through a lane.</summary>
/// <param name="array">The array, whose elements hold no references. It is copied when there is room, not before.</param>
/// <param name="offset">The first byte.</param>
/// <param name="count">How many bytes.</param>
/// <param name="position">Where it begins in the lane.</param>
/// <param name="copied">Is told the bytes that the other side will see, part by part; none where nobody asks.</param>
internal sealed class LaneBlock(Array array, long offset, long count, long position, IBlockCheck? copied)
{
    /// <summary>Where it begins in the lane.</summary>
    public long Position => position;

    /// <summary>Where it ends in the lane.</summary>
    public long End => position + count;

    /// <summary>Who is told what was copied.</summary>
    public IBlockCheck? Check => copied;

    /// <summary>Some of its bytes, from a position of the lane on.</summary>
    public ReadOnlySpan<byte> Slice(long from, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), (nint)(offset + from - position)), length);
}

/// <summary>Looks at what really went through the lane: the array may change while it is copied.</summary>
internal interface IBlockCheck
{
    /// <summary>The next part: <see cref="LaneWriter.PartBytes"/> bytes, at the end fewer.</summary>
    void Add(ReadOnlySpan<byte> part);

    /// <summary>All parts were copied.</summary>
    void Complete();
}
