using System.Runtime.InteropServices;

namespace Shoal.Calls;

/// <summary>How far a worker inside the program is with its batch, and where the batch ends once another worker has taken over its rear.</summary>
/// <remarks>
/// The loop writes how many items are done and then reads the stop flag; who takes back raises the flag and then reads how many are done. The fence that
/// both need between the two is made by who takes back, for all threads at once, so that it costs the items nothing: at most one more is begun than was read.
/// All members but <see cref="DoneOfPart"/> are used under the lane's lock.
/// </remarks>
internal sealed class LaneBatch
{
    private const int Line = 128;

    private Counter _done;
    private long _start;
    private long _end;
    private long _part;
    private bool _hasBegun;

    /// <summary>What the loop has done of the part that it runs.</summary>
    public ref int DoneOfPart => ref _done.Value;

    /// <summary>The number of the batch.</summary>
    public long Number { get; private set; }

    /// <summary>The item that the batch ends before.</summary>
    public long End => _end;

    /// <summary>A batch is to come.</summary>
    public void Prepare(long number, long start, long end)
    {
        (Number, _start, _end, _part, _hasBegun) = (number, start, end, start, false);
        DoneOfPart = 0;
    }

    /// <summary>The loop begins with this item.</summary>
    public void BeginPart(long first)
    {
        (_part, _hasBegun) = (first, true);
        DoneOfPart = 0;
    }

    /// <inheritdoc cref="Lane.GiveBack"/>
    public long? GiveBack(long number, bool half, StopFlag stop)
    {
        if (number != Number)
            return null;
        stop.Raise();
        Interlocked.MemoryBarrierProcessWide();
        var first = _hasBegun ? _part + Volatile.Read(ref DoneOfPart) + 1 : _start;
        if (half)
            first += (_end - first) / 2;
        return first < _end ? _end = first : null;
    }

    // By itself on its cache lines: it is written for each item, and what lies beside it is read for each item by other threads.
    [StructLayout(LayoutKind.Explicit, Size = 2 * Line)]
    private struct Counter
    {
        [FieldOffset(Line)]
        public int Value;
    }
}
