using System.Runtime.InteropServices;

namespace Shoal.Processes;

/// <content>The socket as the bell beside two rings: a byte says "look", and the end of the socket is the end of the other side.</content>
internal sealed unsafe partial class SocketLink
{
    private const int BellBytes = 64;

    /// <summary>Wakes the other side. Where it has not taken the last bells, those wake it.</summary>
    public void RingBell()
    {
        byte bell = 0;
        _ = Posix.Send(socket, &bell, 1, wait: false);
    }

    /// <summary>Waits for a bell, and takes it.</summary>
    /// <returns>False when the other side has ended; true after a bell, or when the time has passed.</returns>
    public bool WaitForBell(int milliseconds)
    {
        Posix.PollDescriptor* both = stackalloc Posix.PollDescriptor[2];
        both[0] = new Posix.PollDescriptor { Descriptor = socket, Events = Posix.PollIn };
        both[1] = new Posix.PollDescriptor { Descriptor = life, Events = Posix.PollIn };
        if (Posix.Poll(both, life < 0 ? 1 : 2, milliseconds) <= 0)
            return true;
        return both[0].Happened != 0 && TakeBells();
    }

    // False at the end of the socket.
    private bool TakeBells()
    {
        byte* bells = stackalloc byte[BellBytes];
        nint got = Posix.Receive(socket, bells, BellBytes, wait: false);
        if (got >= 0)
            return got > 0;
        int error = Marshal.GetLastPInvokeError();
        return error == Posix.Interrupted || Posix.WouldWait(error);
    }
}
