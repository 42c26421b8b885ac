using System.Runtime.InteropServices;

namespace Shoal.Processes;

/// <content>An event that one thread waits for beside a socket and others raise. Linux.</content>
internal static unsafe partial class Posix
{
    /// <summary>A descriptor that is readable after <see cref="RaiseEvent"/> until <see cref="TakeEvent"/>; −1 where the system refuses it.</summary>
    public static int EventFile()
    {
        const int dontWait = 0x800;
        return EventCall(0, LinuxCloseOnExec | dontWait);
    }

    public static void RaiseEvent(int descriptor)
    {
        long one = 1;
        _ = Write(descriptor, (byte*)&one, sizeof(long));
    }

    public static void TakeEvent(int descriptor)
    {
        long count;
        _ = Read(descriptor, (byte*)&count, sizeof(long));
    }

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventCall(uint count, int flags);
}
