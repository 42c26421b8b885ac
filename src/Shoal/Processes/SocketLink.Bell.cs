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
    /// <param name="milliseconds">How long at most.</param>
    /// <param name="alarm">An event that ends the wait as well, or −1.</param>
    public Wakening WaitForBell(int milliseconds, int alarm = -1)
    {
        // Negative descriptors are passed over.
        Posix.PollDescriptor* all = stackalloc Posix.PollDescriptor[3];
        all[0] = new Posix.PollDescriptor { Descriptor = socket, Events = Posix.PollIn };
        all[1] = new Posix.PollDescriptor { Descriptor = life, Events = Posix.PollIn };
        all[2] = new Posix.PollDescriptor { Descriptor = alarm, Events = Posix.PollIn };
        if (Posix.Poll(all, 3, milliseconds) <= 0)
            return Wakening.Time;
        if (all[2].Happened != 0)
            Posix.TakeEvent(alarm);
        var ended = all[0].Happened != 0 ? !TakeBells() : all[1].Happened != 0;
        return ended ? Wakening.End : Wakening.Bell;
    }

    // False at the end of the socket.
    private bool TakeBells()
    {
        var bells = stackalloc byte[BellBytes];
        var got = Posix.Receive(socket, bells, BellBytes, wait: false);
        if (got >= 0)
            return got > 0;
        var error = Marshal.GetLastPInvokeError();
        return error == Posix.Interrupted || Posix.WouldWait(error);
    }
}

/// <summary>Why a wait for the other side is over.</summary>
internal enum Wakening
{
    /// <summary>The time has passed, or the system woke the thread for reasons of its own.</summary>
    Time,

    /// <summary>The other side rang, or the event happened: there is something to look at.</summary>
    Bell,

    /// <summary>The other side has ended.</summary>
    End,
}
