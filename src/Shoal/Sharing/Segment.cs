using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>
/// Memory that several processes of this machine see at once: a memory file without a name, sealed against a change of its size, which others open through
/// <c>/proc</c> as long as a process that has it lives. When the last one closes it or dies, however that comes, nothing is left.
/// </summary>
/// <remarks>
/// Thread-safe but for the data, which is the user's. Disposing puts empty private memory under the addresses: a thread that was abandoned while it used them
/// reads zeros instead of ending the program. The addresses are given back when the object is collected.
/// </remarks>
internal sealed unsafe class Segment : IDisposable
{
    /// <summary>More than any machine maps; sizes are checked against it before they are added up.</summary>
    public const long MaxBytes = 1L << 46;

    private readonly int _descriptor;
    private readonly byte* _address;
    private readonly long _size;
    private readonly Guid _tag;
    private int _leases = 1; // the object itself, until it is disposed
    private int _disposed;

    private Segment(int descriptor, byte* address, long size, Guid tag)
    {
        _tag = tag;
        _descriptor = descriptor;
        _address = address;
        _size = size;
    }

    ~Segment()
    {
        Dispose();
        SharedMemory.Unmap(_address, _size);
    }

    /// <summary>The first byte of the data; zero until something is written. Aligned to a page.</summary>
    public byte* Data => _address + SegmentHeader.Size;

    /// <summary>The size of the data in bytes.</summary>
    public long Bytes => _size - SegmentHeader.Size;

    /// <summary>The page before the data.</summary>
    public ref SegmentHeader Header => ref *(SegmentHeader*)_address;

    /// <summary>What to send to another process. It opens the segment while this process lives and has not disposed it; also a process that opened it may pass it on.</summary>
    public SegmentHandle Handle => new(Environment.ProcessId, _descriptor, Bytes, _tag);

    /// <summary>Whether another process made it.</summary>
    public bool IsOpened { get; private init; }

    /// <summary>Whether <see cref="Dispose"/> was called here.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Makes a segment full of zeros.</summary>
    /// <param name="bytes">The size of its data.</param>
    /// <param name="kind">What the data is; <see cref="Open"/> compares it.</param>
    /// <param name="what">What errors call it, such as <c>SharedArray&lt;double&gt;[1000]</c>.</param>
    /// <exception cref="ShoalException">The system has no shared memory of the kind, or not that much.</exception>
    public static Segment Create(long bytes, int kind, string what)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (!SharedMemory.IsSupported)
        {
            throw new ShoalException(
                $"{what} needs shared memory, which Shoal has on Linux (x64, arm64) so far. Pass an array or a value to the function and return a result, or use Pool.Threads() with an ordinary array and lock.");
        }

        if (bytes > MaxBytes)
            throw TooLarge(what, bytes, "no machine maps that much");
        var size = bytes + SegmentHeader.Size;
        var descriptor = SegmentFile.Create(size, what);
        var address = SharedMemory.Map(descriptor, size);
        if (address is null)
        {
            var error = Marshal.GetLastPInvokeError();
            _ = Processes.Posix.Close(descriptor);
            throw TooLarge(what, bytes, Marshal.GetPInvokeErrorMessage(error));
        }

        var segment = new Segment(descriptor, address, size, Guid.NewGuid());
        segment.Header = new SegmentHeader { Magic = SegmentHeader.CurrentMagic, Tag = segment._tag, Bytes = bytes, Kind = kind };
        return segment;
    }

    /// <summary>Maps a segment that another process holds.</summary>
    /// <exception cref="ShoalException">It is not there any more, or what is there is not this segment.</exception>
    public static Segment Open(SegmentHandle handle, int kind, string what)
    {
        if (!SharedMemory.IsSupported || handle.Bytes is < 0 or > MaxBytes || handle.ProcessId < 1 || handle.Descriptor < 0)
            throw NotThere(handle, what, "the handle is damaged");
        var size = handle.Bytes + SegmentHeader.Size;
        var descriptor = SegmentFile.Open(handle, size, out var problem);
        if (descriptor < 0)
            throw NotThere(handle, what, problem);
        var address = SharedMemory.Map(descriptor, size);
        if (address is null)
        {
            problem = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            _ = Processes.Posix.Close(descriptor);
            throw NotThere(handle, what, $"it could not be mapped: {problem}");
        }

        var segment = new Segment(descriptor, address, size, handle.Tag) { IsOpened = true };
        ref var header = ref segment.Header;
        if (header.Magic == SegmentHeader.CurrentMagic && header.Tag == handle.Tag && header.Bytes == handle.Bytes && header.Kind == kind)
        {
            Interlocked.Increment(ref header.Opened);
            return segment;
        }

        problem = header.Magic == SegmentHeader.CurrentMagic && header.Tag == handle.Tag ? "it holds something else" : "another segment lies there now";
        segment.Dispose();
        throw NotThere(handle, what, problem);
    }

    /// <summary>Keeps the memory until <see cref="Release"/>, also when the segment is disposed meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed already.</exception>
    public void Lease()
    {
        for (var leases = Volatile.Read(ref _leases); ;)
        {
            ObjectDisposedException.ThrowIf(leases == 0 || IsDisposed, this);
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
                return;
            leases = seen;
        }
    }

    /// <summary>Ends a lease.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0)
            return;
        // Where the system refuses, the mapping lives until the object is collected.
        _ = SharedMemory.Vacate(_address, _size);
        _ = Processes.Posix.Close(_descriptor);
    }

    /// <summary>
    /// Closes it in this process when the last lease ends. Others that have opened it keep it; nobody can open it here any more. Workers that borrowed it from
    /// this process let go of it when they have nothing to do.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA1816", Justification = "The finalizer still has to give back the addresses.")]
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (!Processes.WorkerProcess.IsWorker)
            Volatile.Write(ref Header.Closed, 1);
        Release();
    }

    private static ShoalException TooLarge(string what, long bytes, string why) =>
        new($"{what} cannot be made: {bytes} bytes of shared memory were refused ({why}). Make it smaller, or check the memory limit of the machine or container.");

    private static ShoalException NotThere(SegmentHandle handle, string what, string why) =>
        new($"{what} cannot be opened in process {Environment.ProcessId}: {why} ({handle.Path}). Keep it alive, and undisposed, in the process that passes it on until the call is over.");
}
