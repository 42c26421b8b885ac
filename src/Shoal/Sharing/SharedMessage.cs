using System.Buffers;
using System.Globalization;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Sharing;

/// <summary>An item as the bytes that a ring holds.</summary>
internal static class SharedMessage
{
    /// <summary>Writes an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="ring">Where it shall go.</param>
    /// <param name="what">What errors call the object with the ring.</param>
    /// <exception cref="ArgumentException">The item cannot travel, or is larger than the whole ring.</exception>
    public static ReadOnlyMemory<byte> Write<T>(T item, SharedRing ring, string what)
    {
        var bytes = new ArrayBufferWriter<byte>();
        WireFormat.Write(bytes, item, nameof(item), FunctionOptions.Default);
        if (bytes.WrittenCount <= ring.Capacity - SharedRing.Overhead)
            return bytes.WrittenMemory;
        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{what}: the item needs {bytes.WrittenCount + SharedRing.Overhead} bytes, and there is room for {ring.Capacity}. Make it with a larger capacityInBytes."),
            nameof(item));
    }
}
