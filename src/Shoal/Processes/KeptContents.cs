using System.Runtime.InteropServices;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>A worker's: the large arrays that it was sent with functions, until the pool says that they are not needed.</summary>
internal sealed class KeptContents(RingLink link) : IBlockSource
{
    private readonly Dictionary<long, Array?> _arrays = [];

    /// <summary>Takes an array out of the lane.</summary>
    public void Take(Frame frame)
    {
        Array? array = Allocate(frame, out long bytes);
        if (array is not null)
            link.Read(frame.Int64(16), ref MemoryMarshal.GetArrayDataReference(array), bytes);
        _arrays[frame.Int64(0)] = array;
    }

    /// <summary>Takes an array from the file in which the pool holds it.</summary>
    public void Map(Frame frame)
    {
        Array? array = Allocate(frame, out long bytes);
        int shift = frame.Int32(24);
        SegmentHandle file = new(frame.Int32(16), frame.Int32(20), bytes, default);
        int descriptor = array is null ? -1 : SegmentFile.Open(file, shift + bytes, out _);
        if (descriptor < 0 || !FiledContent.Fill(array!, bytes, descriptor, shift))
            array = null;
        if (descriptor >= 0)
            _ = Posix.Close(descriptor);
        _arrays[frame.Int64(0)] = array;
    }

    /// <summary>An array is not needed any more.</summary>
    public void Drop(long number) => _ = _arrays.Remove(number);

    /// <inheritdoc/>
    public void Read(long position, ref byte destination, long count) => link.Read(position, ref destination, count);

    /// <inheritdoc/>
    public Array Content(long number) =>
        !_arrays.TryGetValue(number, out Array? array) ? throw new InvalidDataException($"Content {number} is not in this worker.")
        : array ?? throw new InsufficientMemoryException("A large array that the function captures does not fit into the worker's memory.");

    // None where it does not fit: the item that needs it will say so.
    private static Array? Allocate(Frame frame, out long bytes)
    {
        (int type, int count) = (frame.Int32(8), frame.Int32(12));
        Array? array = null;
        bytes = 0;
        try
        {
            array = ContentTypes.Allocate(type, count);
            bytes = (long)count * ContentTypes.BytesOf(type);
        }
        catch (OutOfMemoryException)
        {
        }
        return array;
    }
}
