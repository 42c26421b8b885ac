using Shoal.Calls;

namespace Shoal.Processes;

/// <summary>
/// Frames over two rings in shared memory. Nobody enters the system while both sides are awake: a side that is about to sleep says so in a word beside the rings,
/// and the other one then rings the bell, which is the socket.
/// </summary>
/// <remarks>
/// No wake-up is lost: a sleeper writes its word and then looks into the ring, the other side writes the ring and then looks at the word, with a full fence between the two on
/// both sides, so that at least one of them sees the other. A bell that was rung stays in the socket until it is taken. And every wait ends by itself.
/// </remarks>
internal sealed unsafe partial class RingLink : IWorkerLink
{
    private const int WaitsForFrames = 1;
    private const int WaitsForRoom = 2;

    // How long a worker waits for its bell before it looks by itself.
    private const int LongestWait = 500;

    private readonly Lock _sending = new();
    private readonly SocketLink _bell;
    private readonly RingWriter _out;
    private readonly RingReader _in;
    private readonly RingFrames _frames;
    private readonly Queue<byte[]> _backlog = new();
    private readonly int* _mine;
    private readonly int* _theirs;
    private readonly long* _work;
    private readonly bool _isPool;
    private readonly TimeSpan _longestLook;
    private int _sentOfBacklog;
    private volatile bool _hasBacklog;

    /// <summary>One side of the rings.</summary>
    /// <param name="segment">The memory.</param>
    /// <param name="bell">The socket to the other side.</param>
    /// <param name="isPool">Whether this is the pool's side. A pool's sending does not wait for a slow reader, a worker's does.</param>
    /// <param name="longestLook">How long <see cref="Receive"/> looks into the ring before it sleeps.</param>
    public RingLink(RingSegment segment, SocketLink bell, bool isPool, TimeSpan longestLook = default)
    {
        _bell = bell;
        _isPool = isPool;
        _longestLook = longestLook;
        _out = segment.Writer(toWorker: isPool);
        _in = segment.Reader(toWorker: !isPool);
        _frames = new RingFrames(_in);
        _laneOut = segment.LaneWriter(toWorker: isPool);
        _laneIn = segment.LaneReader(toWorker: !isPool);
        _mine = isPool ? segment.PoolWaits : segment.WorkerWaits;
        _theirs = isPool ? segment.WorkerWaits : segment.PoolWaits;
        Running = segment.Running;
        Open = segment.Open;
        _work = segment.Work;
    }

    public RunningItem? Running { get; }

    public OpenResults? Open { get; }

    public bool HasMore => _frames.HasMore;

    public WorkClock CreateClock() => new((nint)_work);

    public void Send(FrameBuffer frames, bool wake = true)
    {
        // Before the frames are seen, which let a reader pass over blocks: how far it may is known then.
        lock (_sending)
        {
            if (frames.Lane is { Blocks.Count: > 0 } lane)
            {
                _laneOut.Add(lane);
                lane.Begin(_laneOut.End);
            }
        }
        if (_isPool)
            SendWhatFits(frames);
        else if (!SendAsRoomComes(frames))
            return;
        if (wake)
            WakeIf(WaitsForFrames);
        if (!_laneOut.IsBusy)
            return;
        if (!_isPool)
            _ = SendLaneAsRoomComes();
        else
            PushFirst();
    }

    public bool Receive(out Frame frame)
    {
        while (!TryReceive(out frame))
        {
            if (!_in.IsEmpty || LookForMore())
                continue;
            if (!Arm())
                continue;
            var lives = Wait(LongestWait) != Wakening.End;
            Disarm();
            if (!lives)
                return TryReceive(out frame);
        }
        return true;
    }

    /// <summary>Takes a frame if all of it is here.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public bool TryReceive(out Frame frame)
    {
        bool came;
        while ((came = _frames.TryTake(out frame)) && frame.Kind == FrameKind.Lane)
            PassLane(frame);
        // Without a fence: whoever sleeps next looks once more.
        if ((Volatile.Read(ref *_theirs) & WaitsForRoom) != 0 && _in.HasRoom)
            Wake(WaitsForRoom);
        return came;
    }

    /// <summary>A pool's: sends on what the worker was too slow to take.</summary>
    /// <returns>Whether a part of a large block went.</returns>
    public bool Push()
    {
        if (_hasBacklog)
        {
            lock (_sending)
                SendBacklog();
        }
        return PushLane();
    }

    /// <summary>Asks the other side to ring when frames come.</summary>
    /// <returns>False where some have come already.</returns>
    public bool Arm()
    {
        var sends = _isPool && _laneOut.IsBusy;
        _ = Interlocked.Or(ref *_mine, sends ? WaitsForFrames | WaitsForRoom : WaitsForFrames); // a full fence
        WakeIf(WaitsForRoom);
        return _in.IsEmpty && !(sends && LaneHasRoom());
    }

    /// <summary>Takes <see cref="Arm"/> back: somebody is awake who looks.</summary>
    public void Disarm()
    {
        if ((Volatile.Read(ref *_mine) & WaitsForFrames) != 0)
            _ = Interlocked.And(ref *_mine, ~WaitsForFrames);
    }

    /// <summary>Waits for the bell, or for an event where one is given.</summary>
    public Wakening Wait(int milliseconds, int alarm = -1) => _bell.WaitForBell(milliseconds, alarm);

    private bool LookForMore()
    {
        Look look = new(_longestLook);
        while (look.Again())
        {
            if (!_in.IsEmpty)
                return true;
        }
        return false;
    }

    // A worker's, which has one thread that sends. False where the pool is gone.
    private bool SendAsRoomComes(FrameBuffer frames)
    {
        for (var i = 0; i < frames.SegmentCount; i++)
        {
            ReadOnlySpan<byte> rest = frames.Segment(i);
            while ((rest = rest[_out.Write(rest)..]).Length > 0)
            {
                _out.Publish();
                _ = Interlocked.Or(ref *_mine, WaitsForRoom);
                WakeIf(WaitsForFrames);
                var lives = _out.Free > 0 || Wait(LongestWait) != Wakening.End;
                _ = Interlocked.And(ref *_mine, ~WaitsForRoom);
                if (!lives)
                    return false;
            }
        }
        _out.Publish();
        return true;
    }

    private void SendWhatFits(FrameBuffer frames)
    {
        lock (_sending)
        {
            for (var i = 0; i < frames.SegmentCount; i++)
            {
                ReadOnlySpan<byte> rest = frames.Segment(i);
                if (!_hasBacklog)
                    rest = rest[_out.Write(rest)..];
                if (!rest.IsEmpty)
                    Keep(rest);
            }
            _out.Publish();
            if (_hasBacklog)
                SendBacklog();
        }
    }

    // Under the lock.
    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _backlog.Enqueue(bytes.ToArray());
        _hasBacklog = true;
    }

    // Under the lock. What still does not fit goes when the worker rings for the room that it made.
    private void SendBacklog()
    {
        var sent = false;
        while (_backlog.TryPeek(out var next))
        {
            var took = _out.Write(next.AsSpan(_sentOfBacklog));
            sent |= took > 0;
            _sentOfBacklog += took;
            if (_sentOfBacklog == next.Length)
            {
                _ = _backlog.Dequeue();
                _sentOfBacklog = 0;
                continue;
            }
            if (sent)
                _out.Publish();
            _ = Interlocked.Or(ref *_mine, WaitsForRoom);
            if (_out.Free == 0)
                break;
        }
        _hasBacklog = _backlog.Count > 0;
        _out.Publish();
        if (sent)
            WakeIf(WaitsForFrames);
    }

    // After something was written: what is read here is not older.
    private void WakeIf(int reason)
    {
        Interlocked.MemoryBarrier();
        if ((Volatile.Read(ref *_theirs) & reason) != 0)
            Wake(reason);
    }

    private void Wake(int reason)
    {
        // Who takes the mark away rings: one bell for each sleep.
        if ((Interlocked.And(ref *_theirs, ~reason) & reason) != 0)
            _bell.RingBell();
    }
}
