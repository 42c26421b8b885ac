using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Wire;

namespace Shoal.Processes;

/// <content>The lanes beside the rings: large blocks of memory go through them, copied once in and once out, at the same time.</content>
internal sealed unsafe partial class RingLink : IBlockSource
{
    // How long a reader or writer of a lane looks before it sleeps: the other side is copying, or clears fresh memory.
    private static readonly TimeSpan LaneLook = TimeSpan.FromMicroseconds(200);

    // A pool's thread may have lost its bell to an attendant: it looks by itself.
    private const int PoolLaneWait = 1;

    private readonly LaneWriter _laneOut;
    private readonly LaneReader _laneIn;

    /// <summary>From now on large blocks of what is written to this buffer go through the lane. One buffer a link.</summary>
    public void Attach(FrameBuffer frames)
    {
        frames.Lane = new LanePlan();
        frames.Lane.Begin(_laneOut.End);
        frames.Places = frames.Lane;
    }

    /// <summary>Reads a block, as fast as the other side writes it.</summary>
    /// <exception cref="LaneCutException">The other side ended before all of it was there.</exception>
    public void Read(long position, ref byte destination, long count)
    {
        _laneIn.SkipTo(position);
        GiveRoom();
        Look look = new(LaneLook);
        for (long done = 0; done < count;)
        {
            var got = _laneIn.Read(MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref destination, (nint)done), (int)Math.Min(count - done, LaneWriter.LaneBytes)));
            if (got > 0)
            {
                done += got;
                GiveRoom();
                look = new(LaneLook);
                continue;
            }
            if (look.Again())
                continue;
            _ = Interlocked.Or(ref *_mine, WaitsForFrames);
            var lives = !_laneIn.IsEmpty || Wait(_isPool ? PoolLaneWait : LongestWait) != Wakening.End;
            Disarm();
            if (!lives && _laneIn.IsEmpty)
                throw new LaneCutException();
            look = new(LaneLook);
        }
    }

    /// <summary>A link knows no contents.</summary>
    Array IBlockSource.Content(long number) => throw new InvalidDataException($"Content {number} is not here.");

    // What a frame said last of the lane: who did not want it passes over it.
    private void PassLane(Frame frame)
    {
        _laneIn.SkipTo(frame.Int64(0));
        GiveRoom();
    }

    private void GiveRoom()
    {
        Interlocked.MemoryBarrier();
        if ((Volatile.Read(ref *_theirs) & WaitsForRoom) != 0 && _laneIn.HasRoom)
            Wake(WaitsForRoom);
    }

    // A pool's. Whether anything moved.
    private bool PushLane()
    {
        if (!_laneOut.IsBusy)
            return false;
        bool moved;
        lock (_sending)
            moved = _laneOut.Push();
        if (moved)
            WakeIf(WaitsForFrames);
        return moved;
    }

    // A pool's, after it sent: what does not fit goes when somebody drives, or when the worker rings.
    private void PushFirst()
    {
        _ = PushLane();
        if (_laneOut.IsBusy)
            _ = Interlocked.Or(ref *_mine, WaitsForRoom);
    }

    // A pool's that is about to sleep: whether the lane could take more already.
    private bool LaneHasRoom()
    {
        lock (_sending)
            return _laneOut.HasRoom;
    }

    // A worker's. False where the pool is gone.
    private bool SendLaneAsRoomComes()
    {
        Look look = new(LaneLook);
        while (_laneOut.IsBusy)
        {
            if (_laneOut.Push())
            {
                WakeIf(WaitsForFrames);
                look = new(LaneLook);
                continue;
            }
            if (look.Again())
                continue;
            _ = Interlocked.Or(ref *_mine, WaitsForRoom);
            var lives = _laneOut.HasRoom || Wait(LongestWait) != Wakening.End;
            _ = Interlocked.And(ref *_mine, ~WaitsForRoom);
            if (!lives)
                return false;
            look = new(LaneLook);
        }
        return true;
    }
}
