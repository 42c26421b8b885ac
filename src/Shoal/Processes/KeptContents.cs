using System.Runtime.InteropServices;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>A worker's: the large arrays that it was sent with functions, until the pool says that they are not needed.</summary>
internal sealed class KeptContents(RingLink link) : IBlockSource
{
    private const string TooLarge = "it does not fit into the worker's memory";

    // Arrays, or why one is not here.
    private readonly Dictionary<long, object> _arrays = [];

    /// <summary>Takes an array out of the lane.</summary>
    public void Take(Frame frame)
    {
        Array? array = Allocate(frame, out var bytes);
        if (array is not null)
            link.Read(frame.Int64(16), ref MemoryMarshal.GetArrayDataReference(array), bytes);
        _arrays[frame.Int64(0)] = array ?? (object)TooLarge;
    }

    /// <summary>Takes an array from the file in which the pool holds it.</summary>
    public void Map(Frame frame)
    {
        Array? array = Allocate(frame, out var bytes);
        _arrays[frame.Int64(0)] = array is null ? TooLarge : Fill(array, bytes, frame) is { } problem ? problem : array;
    }

    /// <summary>An array is not needed any more.</summary>
    public void Drop(long number) => _ = _arrays.Remove(number);

    /// <inheritdoc/>
    public void Read(long position, ref byte destination, long count) => link.Read(position, ref destination, count);

    /// <inheritdoc/>
    public Array Content(long number) =>
        !_arrays.TryGetValue(number, out var known) ? throw new InvalidDataException($"Content {number} is not in this worker.")
        : known as Array ?? throw new InsufficientMemoryException($"A large array that the function captures is not in the worker: {known}.");

    // Why it could not be filled, if so.
    private static string? Fill(Array array, long bytes, Frame frame)
    {
        var shift = frame.Int32(24);
        var descriptor = SegmentFile.Open(new SegmentHandle(frame.Int32(16), frame.Int32(20), bytes, default), shift + bytes, out var problem);
        if (descriptor < 0)
            return problem;
        var isThere = FiledContent.Fill(array, bytes, descriptor, shift);
        _ = Posix.Close(descriptor);
        return isThere ? null : "its file could not be read";
    }

    // None where it does not fit: the item that needs it will say so.
    private static Array? Allocate(Frame frame, out long bytes)
    {
        (var type, var count) = (frame.Int32(8), frame.Int32(12));
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
