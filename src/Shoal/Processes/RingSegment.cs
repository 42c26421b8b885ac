using Shoal.Sharing;

namespace Shoal.Processes;

/// <summary>
/// The memory that a pool and one worker share: two rings, two lanes and the few words beside them. A memory file without a name, sealed against a change of its size;
/// the worker inherits its descriptor. When both have ended, however that comes, nothing is left.
/// </summary>
/// <remarks>Not thread-safe; whoever uses the memory must not do so after <see cref="Dispose"/>.</remarks>
internal sealed unsafe class RingSegment : IDisposable
{
    /// <summary>
    /// The bytes of a ring: a power of two. Less than the second level of the processors' caches, and more than the small results that a worker makes in 10 ms
    /// while nobody reads.
    /// </summary>
    public const int RingBytes = 512 * 1024;

    // Each word that one side writes and the other reads has two cache lines of its own: processors fetch lines in pairs.
    private const int Line = 128;

    // Who has which lines of the header: the rings and the lanes two each for both directions.
    private const int RingLines = 1, PoolWaitsLine = 5, WorkerWaitsLine = 6, RunningLine = 7, LaneLines = 8, ClockLine = 12;
    private const int HeaderBytes = 4096;
    private const nint LanesAt = HeaderBytes + (2 * (nint)RingBytes) + OpenResults.Bytes;
    private const nint SegmentBytes = LanesAt + (2 * (nint)Processes.LaneWriter.LaneBytes);

    private byte* _address;

    private RingSegment(int descriptor, byte* address)
    {
        Descriptor = descriptor;
        _address = address;
    }

    /// <summary>What the worker inherits; closed by <see cref="CloseDescriptor"/>.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Where the pool waits for the worker: see <see cref="RingLink"/>.</summary>
    public int* PoolWaits => (int*)(_address + (PoolWaitsLine * Line));

    /// <summary>Where the worker waits for the pool.</summary>
    public int* WorkerWaits => (int*)(_address + (WorkerWaitsLine * Line));

    /// <summary>What the worker runs.</summary>
    public RunningItem Running => new((long*)(_address + (RunningLine * Line)));

    /// <summary>Where the worker's time goes: the words of a <see cref="Calls.WorkClock"/>.</summary>
    public long* Work => (long*)(_address + (ClockLine * Line));

    /// <summary>Results of the block that a worker runs.</summary>
    public OpenResults Open => new((long*)(_address + (RunningLine * Line)), _address + LanesAt - OpenResults.Bytes);

    /// <summary>A segment full of zeros, or none where the system has no memory files or refuses one.</summary>
    public static RingSegment? TryCreate()
    {
        if (!SharedMemory.IsSupported)
            return null;
        var descriptor = Posix.MoveAside(SharedMemory.CreateMemoryFile("rings"));
        if (descriptor < 0)
            return null;
        if (SharedMemory.SetSize(descriptor, SegmentBytes) && SharedMemory.Seal(descriptor))
            return Map(descriptor);
        _ = Posix.Close(descriptor);
        return null;
    }

    /// <summary>Maps what a worker inherited; none where it is no such segment.</summary>
    public static RingSegment? TryOpen(int descriptor)
    {
        RingSegment? segment = SharedMemory.SizeOf(descriptor) == SegmentBytes ? Map(descriptor) : null;
        segment?.CloseDescriptor();
        return segment;
    }

    /// <summary>The end of a ring that writes.</summary>
    public RingWriter Writer(bool toWorker) => new(Data(toWorker), RingBytes, Word(toWorker, 0), Word(toWorker, 1));

    /// <summary>The end of a ring that reads.</summary>
    public RingReader Reader(bool toWorker) => new(Data(toWorker), RingBytes, Word(toWorker, 0), Word(toWorker, 1));

    /// <summary>The end of a lane that writes.</summary>
    public LaneWriter LaneWriter(bool toWorker) => new(Lane(toWorker), LaneWord(toWorker, 0), LaneWord(toWorker, 1));

    /// <summary>The end of a lane that reads.</summary>
    public LaneReader LaneReader(bool toWorker) => new(Lane(toWorker), LaneWord(toWorker, 0), LaneWord(toWorker, 1));

    /// <summary>The memory stays, also for a process that has inherited the descriptor.</summary>
    public void CloseDescriptor()
    {
        if (Descriptor >= 0)
            _ = Posix.Close(Descriptor);
        Descriptor = -1;
    }

    public void Dispose()
    {
        CloseDescriptor();
        if (_address is not null)
            SharedMemory.Unmap(_address, SegmentBytes);
        _address = null;
    }

    private static RingSegment? Map(int descriptor)
    {
        var address = SharedMemory.Map(descriptor, SegmentBytes);
        if (address is not null)
            return new RingSegment(descriptor, address);
        _ = Posix.Close(descriptor);
        return null;
    }

    private byte* Data(bool toWorker) => _address + HeaderBytes + (toWorker ? 0 : RingBytes);

    private byte* Lane(bool toWorker) => _address + LanesAt + (toWorker ? 0 : Processes.LaneWriter.LaneBytes);

    private long* LaneWord(bool toWorker, int number) => (long*)(_address + ((LaneLines + (toWorker ? 0 : 2) + number) * Line));

    // Of each ring: the end of what is written, then the end of what is read.
    private long* Word(bool toWorker, int number) => (long*)(_address + ((RingLines + (toWorker ? 0 : 2) + number) * Line));
}
