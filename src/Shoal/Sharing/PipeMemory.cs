using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>What both ends of a pipe see: who is at each end, and a ring for each direction.</summary>
internal sealed unsafe class PipeMemory(SharedState state)
{
    private const int SmallestCapacity = 1024;
    private const int Alignment = sizeof(long);

    public SharedState State { get; } = state;

    private SharedMonitor Monitor => new(State.Data);

    private int* Capacity => (int*)(State.Data + SharedMonitor.Size);

    private End* Ends => (End*)(State.Data + SharedMonitor.Size + Alignment);

    public static PipeMemory Create(int capacity, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, SmallestCapacity, "capacityInBytes");
        var memory = new PipeMemory(SharedState.Create(SharedMonitor.Size + Alignment + 2 * sizeof(End) + 2 * RingSize(capacity), SegmentKind.Pipe, what));
        *memory.Capacity = capacity;
        memory.RingOf(0).Initialize(capacity);
        memory.RingOf(1).Initialize(capacity);
        return memory;
    }

    /// <summary>What this end sends into.</summary>
    public SharedRing RingOf(int end) => new((byte*)(Ends + 2) + end * RingSize(*Capacity));

    public bool Send(int end, ReadOnlyMemory<byte> message, Deadline deadline, CancellationToken cancel) => Monitor.Until(
        () =>
        {
            Use(end);
            if (Ends[1 - end].IsClosed != 0)
                throw new InvalidOperationException("The other end of the SharedPipe is closed: nobody would receive what is sent.");
            if (!RingOf(end).TryWrite(message.Span))
            {
                ThrowIfNobodyIsAt(1 - end);
                return false;
            }

            Monitor.Changed();
            return true;
        },
        deadline,
        cancel);

    /// <returns>Null where nothing is left and the other end is closed.</returns>
    public bool? Receive(int end, out byte[] message, Deadline deadline, CancellationToken cancel)
    {
        var (received, isOver) = (Array.Empty<byte>(), false);
        var done = Monitor.Until(
            () =>
            {
                Use(end);
                if (RingOf(1 - end).TryRead(out received))
                {
                    Monitor.Changed();
                    return true;
                }

                isOver = Ends[1 - end].IsClosed != 0;
                if (!isOver)
                    ThrowIfNobodyIsAt(1 - end);
                return isOver;
            },
            deadline,
            cancel);
        message = received;
        return isOver ? null : done;
    }

    public void Close(int end) => Monitor.Until(
        () =>
        {
            Volatile.Write(ref Ends[end].IsClosed, 1);
            Monitor.Changed();
            return true;
        },
        new Deadline(null),
        default);

    private static long RingSize(int capacity) => (SharedRing.SizeFor(capacity) + Alignment - 1) / Alignment * Alignment;

    // Whoever uses an end is at it from now on.
    private void Use(int end)
    {
        var at = Ends + end;
        if (at->IsClosed != 0)
            throw new InvalidOperationException("This end of the SharedPipe is closed.");
        var me = ProcessIdentity.Current;
        if (at->Process == me.Id && at->Start == me.Start)
            return;
        // The number is last: until then nobody is at it.
        at->Process = 0;
        at->Start = me.Start;
        Volatile.Write(ref at->Process, me.Id);
    }

    private void ThrowIfNobodyIsAt(int end)
    {
        var there = new ProcessIdentity(Ends[end].Process, Ends[end].Start);
        if (there.Id != 0 && there != ProcessIdentity.Current && !there.IsAlive)
            throw new SharedPipeBrokenException(there.Id);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct End
    {
        public int Process;
        public int IsClosed;
        public long Start;
    }
}
