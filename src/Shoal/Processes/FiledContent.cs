using System.Runtime.InteropServices;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>A large array in a memory file of its own, from which workers map it.</summary>
/// <remarks>
/// It begins in its page where the caller's array begins in its own: arrays of one size mostly lie alike in the heaps of all processes, and pages can be mapped only where
/// they lie alike.
/// </remarks>
internal sealed unsafe class FiledContent : IPartSink, IDisposable
{
    private FiledContent(int descriptor, int type, long bytes, int shift)
    {
        (Descriptor, Key, Shift) = (descriptor, new ContentKey(type, bytes, default), shift);
    }

    /// <summary>Its file in this process.</summary>
    public int Descriptor { get; private set; }

    /// <summary>What is in it.</summary>
    public ContentKey Key { get; private set; }

    /// <summary>Where it begins in its first page.</summary>
    public int Shift { get; }

    /// <summary>The size of its file.</summary>
    public long FileBytes => Shift + Key.Bytes;

    /// <summary>How many workers have it.</summary>
    public int Leases { get; set; }

    /// <summary>Writes a part of an array to a file; none where the system refuses so much memory.</summary>
    public static FiledContent? TryWrite(Array array, int type, long offset, long count)
    {
        int shift;
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
            shift = (int)((nint)(start + offset) & (Environment.SystemPageSize - 1));
        int descriptor;
        try
        {
            descriptor = Posix.MoveAside(SegmentFile.Create(shift + count, "A captured array"));
        }
        catch (ShoalException)
        {
            return null;
        }
        if (descriptor < 0)
            return null;
        FiledContent content = new(descriptor, type, count, shift);
        if (ParallelHash.TryOf(array, offset, count, LaneWriter.PartBytes, content, out UInt128 hash))
        {
            content.Key = content.Key with { Hash = hash };
            return content;
        }
        content.Dispose();
        return null;
    }

    /// <inheritdoc/>
    bool IPartSink.Put(long at, ReadOnlySpan<byte> part) => SharedMemory.Write(Descriptor, part, Shift + at);

    /// <summary>Fills an array of this process from the file of another one: by its pages where the array lies as the content does, else by a copy.</summary>
    /// <returns>Whether all of it was there.</returns>
    public static bool Fill(Array array, long count, int descriptor, int shift)
    {
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
        {
            nint page = Environment.SystemPageSize;
            byte* end = start + count, first = (byte*)(((nint)start + page - 1) & -page), last = (byte*)((nint)end & -page);
            var isMapped = ((nint)start & (page - 1)) == shift && first < last && SharedMemory.MapOver(first, last - first, descriptor, shift + (first - start));
            return isMapped
                ? SharedMemory.Read(descriptor, start, first - start, shift) && SharedMemory.Read(descriptor, last, end - last, shift + (last - start))
                : SharedMemory.Read(descriptor, start, count, shift);
        }
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Posix.Close(Descriptor);
        Descriptor = -1;
    }
}
