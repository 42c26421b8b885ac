using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Shoal.Calls;

namespace Shoal.Processes;

/// <summary>Frames over a Unix socket.</summary>
/// <param name="socket">The descriptor; the link closes it.</param>
/// <param name="life">A descriptor that becomes readable when the other process ends, or −1: then only the end of the stream tells.</param>
/// <param name="patient">Whether sending waits for a slow reader. A pool does not: what does not fit goes out on a thread of its own.</param>
internal sealed unsafe partial class SocketLink(int socket, int life, bool patient) : IWorkerLink, IDisposable
{
    /// <summary>What may gather while nobody reads: more could fill the socket, and the worker would wait for its pool.</summary>
    internal const int Room = 96 * 1024;

    /// <summary>What a socket counts for a message beside its bytes: 208 KB are full after 278 numbers.</summary>
    internal const int MessageBytes = 768;

    private const int BufferSize = 64 * 1024;

    private readonly Lock _sending = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _ended;
    private Backlog? _backlog;
    private int _closed;

    /// <summary>A worker says what it runs by frames.</summary>
    public RunningItem? Running => null;

    /// <summary>What is finished has to leave the worker at once.</summary>
    public OpenResults? Open => null;

    public bool HasMore => _end > _start;

    /// <summary>What it counts goes to the pool in frames.</summary>
    public WorkClock CreateClock() => new();

    /// <summary>Whether a whole frame is here already.</summary>
    public bool HasFrame
    {
        get
        {
            var available = _end - _start;
            return available >= Frame.HeaderSize && available - Frame.HeaderSize >= BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        }
    }

    public void Send(FrameBuffer frames, bool wake = true)
    {
        lock (_sending)
        {
            for (var i = 0; i < frames.SegmentCount; i++)
            {
                ReadOnlySpan<byte> rest = frames.Segment(i);
                if (_backlog is null && !TrySend(ref rest, patient))
                    return;
                if (!rest.IsEmpty)
                    (_backlog ??= new Backlog(this)).Add(rest.ToArray());
            }
        }
    }

    public bool Receive(out Frame frame) => Receive(out frame, long.MaxValue);

    /// <summary>Waits for a frame until a time of <see cref="Environment.TickCount64"/>.</summary>
    /// <exception cref="TimeoutException"><paramref name="deadline"/> passed.</exception>
    public bool Receive(out Frame frame, long deadline)
    {
        frame = default;
        if (!Fill(Frame.HeaderSize, deadline))
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        FrameKind kind = (FrameKind)BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start + 4));
        if (length is < 0 or > Frame.MaxBody)
            throw new InvalidDataException($"A frame of kind {kind} claims {length} bytes.");
        _start += Frame.HeaderSize;
        if (length > BufferSize)
            return ReceiveLarge(kind, length, deadline, out frame);
        if (!Fill(length, deadline))
            return false;
        frame = new Frame(kind, _buffer.AsMemory(_start, length));
        _start += length;
        return true;
    }

    /// <summary>Lets frames gather for a while, so that the worker's sends wake nobody. Returns at once where the other process has ended.</summary>
    public void Rest(TimeSpan time)
    {
        if (life >= 0)
            Posix.Rest(life, time);
    }

    /// <summary>Nothing more is expected: who waits for a frame or a bell comes back with false when what has arrived is read.</summary>
    public void StopReceiving()
    {
        if (Volatile.Read(ref _closed) == 0)
            Posix.ShutdownReceiving(socket);
    }

    /// <summary>Closes the socket. No other thread may be receiving.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        Posix.Shutdown(socket);
        _backlog?.Join();
        lock (_sending)
            _ = Posix.Close(socket);
    }

    private bool ReceiveLarge(FrameKind kind, int length, long deadline, out Frame frame)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        var have = Math.Min(_end - _start, length);
        _buffer.AsSpan(_start, have).CopyTo(body);
        _start += have;
        frame = new Frame(kind, body);
        while (have < length)
        {
            var got = Take(body.AsSpan(have), deadline);
            if (got == 0)
                return false;
            have += got;
        }
        return true;
    }

    // Has at least `count` bytes, at most a buffer full, at _start.
    private bool Fill(int count, long deadline)
    {
        if (_end - _start >= count)
            return true;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < count)
        {
            var got = Take(_buffer.AsSpan(_end), deadline);
            if (got == 0)
                return false;
            _end += got;
        }
        return true;
    }

    private int Take(Span<byte> destination, long deadline)
    {
        fixed (byte* pointer = destination)
        {
            while (!_ended)
            {
                var got = Posix.Receive(socket, pointer, destination.Length, wait: life < 0 && deadline == long.MaxValue);
                if (got > 0)
                    return (int)got;
                var error = Marshal.GetLastPInvokeError();
                if (got == 0 || (error != Posix.Interrupted && !Posix.WouldWait(error)))
                    break;
                if (Posix.WouldWait(error) && !WaitReadable(deadline) && Drained(pointer, destination.Length, out var last))
                    return last;
            }
        }
        _ended = true;
        return 0;
    }

    // The process is gone, but its last words may lie in the socket, even while a grandchild keeps that open.
    private bool Drained(byte* pointer, int length, out int got)
    {
        got = (int)Math.Max(0, Posix.Receive(socket, pointer, length, wait: false));
        _ended = got == 0;
        return got > 0;
    }

    // False when the other process has ended.
    private bool WaitReadable(long deadline)
    {
        Posix.PollDescriptor* both = stackalloc Posix.PollDescriptor[2];
        while (true)
        {
            both[0] = new Posix.PollDescriptor { Descriptor = socket, Events = Posix.PollIn };
            both[1] = new Posix.PollDescriptor { Descriptor = life, Events = Posix.PollIn };
            var milliseconds = deadline == long.MaxValue ? -1 : (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);
            var ready = Posix.Poll(both, life < 0 ? 1 : 2, milliseconds);
            if (ready > 0)
                return both[0].Happened != 0;
            if (ready == 0)
                throw new TimeoutException();
        }
    }

    // False when the other side is gone; otherwise `rest` holds what did not fit.
    private bool TrySend(ref ReadOnlySpan<byte> rest, bool wait)
    {
        fixed (byte* pointer = rest)
        {
            var sent = 0;
            while (sent < rest.Length)
            {
                var took = Posix.Send(socket, pointer + sent, rest.Length - sent, wait);
                if (took >= 0)
                {
                    sent += (int)took;
                    continue;
                }
                var error = Marshal.GetLastPInvokeError();
                if (error == Posix.Interrupted)
                    continue;
                if (!Posix.WouldWait(error))
                    return false;
                break;
            }
            rest = rest[sent..];
            return true;
        }
    }

    /// <summary>What the other side was too slow to take: sent in order by a thread that ends when nothing is left.</summary>
    private sealed class Backlog
    {
        private readonly SocketLink _link;
        private readonly Queue<byte[]> _waiting = new();
        private readonly Thread _thread;

        public Backlog(SocketLink link)
        {
            _link = link;
            _thread = new Thread(Drain, 256 * 1024) { IsBackground = true, Name = "Shoal sender" };
        }

        /// <summary>Called under the link's lock.</summary>
        public void Add(byte[] bytes)
        {
            _waiting.Enqueue(bytes);
            if (_waiting.Count == 1 && _thread.ThreadState.HasFlag(ThreadState.Unstarted))
                _thread.Start();
        }

        public void Join() => _thread.Join(TimeSpan.FromSeconds(5));

        private void Drain()
        {
            while (true)
            {
                byte[] next;
                lock (_link._sending)
                {
                    if (!_waiting.TryDequeue(out next!))
                    {
                        _link._backlog = null;
                        return;
                    }
                }
                ReadOnlySpan<byte> rest = next;
                while (!rest.IsEmpty && Volatile.Read(ref _link._closed) == 0)
                {
                    if (!_link.TrySend(ref rest, wait: true))
                        break;
                }
            }
        }
    }
}
