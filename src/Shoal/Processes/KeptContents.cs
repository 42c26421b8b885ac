using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>A worker's: the large arrays that it was sent with functions, until the pool says that they are not needed.</summary>
internal sealed class KeptContents(RingLink link) : IBlockSource
{
    private readonly Dictionary<long, Array?> _arrays = [];

    /// <summary>Takes an array out of the lane.</summary>
    public void Take(Frame frame)
    {
        (long number, int type, int count, long position) = (frame.Int64(0), frame.Int32(8), frame.Int32(12), frame.Int64(16));
        Array? array = null;
        try
        {
            array = ContentTypes.Allocate(type, count);
        }
        catch (OutOfMemoryException)
        {
            // The item that needs it will say so.
        }
        if (array is not null)
            link.Read(position, ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array), (long)count * ContentTypes.BytesOf(type));
        _arrays[number] = array;
    }

    /// <summary>An array is not needed any more.</summary>
    public void Drop(long number) => _ = _arrays.Remove(number);

    /// <inheritdoc/>
    public void Read(long position, ref byte destination, long count) => link.Read(position, ref destination, count);

    /// <inheritdoc/>
    public Array Content(long number) =>
        !_arrays.TryGetValue(number, out Array? array) ? throw new InvalidDataException($"Content {number} is not in this worker.")
        : array ?? throw new InsufficientMemoryException("A large array that the function captures does not fit into the worker's memory.");
}
