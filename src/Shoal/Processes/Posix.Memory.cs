using System.Runtime.InteropServices;

namespace Shoal.Processes;

/// <content>Memory that two processes see, and an event within one.</content>
internal static unsafe partial class Posix
{
    /// <summary>A file in memory, full of zeros, that nobody can shrink or enlarge; −1 where the system has none or refuses it.</summary>
    public static int MemoryFile(nint bytes)
    {
        const uint closeOnExec = 1, allowSealing = 2;
        const int addSeals = 1033, sealSize = 1 | 2 | 4; // seals themselves, shrinking, growing
        int descriptor;
        fixed (byte* name = "rings\0"u8)
            descriptor = MemoryFileCall(name, closeOnExec | allowSealing);
        if (descriptor < 0)
            return -1;
        if (Truncate(descriptor, bytes) == 0 && Fcntl(descriptor, addSeals, sealSize) == 0)
        {
            if (descriptor >= FirstOwn)
                return descriptor;
            int higher = Fcntl(descriptor, DuplicateCloseOnExec, FirstOwn);
            _ = Close(descriptor);
            return higher;
        }
        _ = Close(descriptor);
        return -1;
    }

    /// <summary>A descriptor that is readable after <see cref="RaiseEvent"/> until <see cref="TakeEvent"/>; Linux only, −1 where the system refuses it.</summary>
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

    /// <summary>The size of a file, or −1 where it has none.</summary>
    public static nint FileSize(int descriptor) => Seek(descriptor, 0, 2);

    /// <summary>Maps a whole file so that what is written is seen by others; null where the system refuses.</summary>
    public static byte* Map(int descriptor, nint bytes)
    {
        const int readAndWrite = 3, shared = 1;
        byte* address = MapCall(null, bytes, readAndWrite, shared, descriptor, 0);
        return (nint)address == -1 ? null : address;
    }

    [DllImport(C, EntryPoint = "munmap")]
    public static extern int Unmap(byte* address, nint bytes);

    [DllImport(C, EntryPoint = "memfd_create", SetLastError = true)]
    private static extern int MemoryFileCall(byte* name, uint flags);

    [DllImport(C, EntryPoint = "eventfd", SetLastError = true)]
    private static extern int EventCall(uint count, int flags);

    [DllImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    private static extern int Truncate(int descriptor, nint bytes);

    [DllImport(C, EntryPoint = "lseek", SetLastError = true)]
    private static extern nint Seek(int descriptor, nint offset, int from);

    [DllImport(C, EntryPoint = "mmap", SetLastError = true)]
    private static extern byte* MapCall(void* address, nint bytes, int access, int flags, int descriptor, nint offset);
}
