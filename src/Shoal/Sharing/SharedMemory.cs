using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>The system calls for memory that several processes see. Linux only, x64 and arm64.</summary>
/// <remarks>Signatures are blittable, as in <see cref="Processes.Posix"/>.</remarks>
internal static unsafe partial class SharedMemory
{
    public const int SealSeal = 1, SealShrink = 2, SealGrow = 4;
    public const int NoEntry = 2, Denied = 13, NotPermitted = 1, NoSpace = 28;

    private const string C = "libc";
    private const int ReadWrite = 2, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000;
    private const int Protection = 3, MapShared = 1, MapPrivate = 2, MapFixed = 0x10, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    private const int AddSeals = 1033, GetSeals = 1034, SeekEnd = 2;

    /// <summary>Whether this system has all that shared memory and its waits need.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>An anonymous file in memory that no child inherits and whose size can be sealed; −1 where the system has none.</summary>
    /// <param name="label">What <c>/proc</c> shows behind <c>memfd:</c>; no name by which it could be opened.</param>
    public static int CreateMemoryFile(string label)
    {
        const nint closeOnExec = 1, allowSealing = 2, noExecSeal = 8;
        var number = IsX64 ? 319 : 279;
        fixed (byte* name = Path(label))
        {
            var descriptor = SysCall(number, (nint)name, closeOnExec | allowSealing | noExecSeal, 0, 0, 0, 0);
            // Kernels before 6.3 do not know the last flag.
            return (int)(descriptor >= 0 ? descriptor : SysCall(number, (nint)name, closeOnExec | allowSealing, 0, 0, 0, 0));
        }
    }

    /// <summary>A new file that only this user may open, and that has no name any more when this returns; −1 where it cannot be made.</summary>
    public static int CreateNamelessFile(string path)
    {
        fixed (byte* name = Path(path))
        {
            var descriptor = Open(name, ReadWrite | Create | Exclusive | CloseOnExec, 0x180 /* 0600 */);
            if (descriptor >= 0)
                _ = Unlink(name);
            return descriptor;
        }
    }

    /// <summary>Opens an existing file for reading and writing; −1 where it cannot be opened.</summary>
    public static int OpenFile(string path)
    {
        fixed (byte* name = Path(path))
            return Open(name, ReadWrite | CloseOnExec, 0);
    }

    /// <summary>What a link of <c>/proc</c> shows; null where there is none.</summary>
    public static string? ReadLink(string path)
    {
        const int longest = 512;
        var target = stackalloc byte[longest];
        fixed (byte* name = Path(path))
        {
            var length = ReadLinkCall(name, target, longest);
            return length < 0 ? null : System.Text.Encoding.UTF8.GetString(target, (int)length);
        }
    }

    public static bool SetSize(int descriptor, long size) => Truncate(descriptor, (nint)size) == 0;

    /// <summary>Takes the memory now, so that a full file system is an error here and not a SIGBUS at the first write.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int Reserve(int descriptor, long size) => Allocate(descriptor, 0, (nint)size);

    public static long SizeOf(int descriptor) => Seek(descriptor, 0, SeekEnd);

    public static bool Seal(int descriptor) => Fcntl(descriptor, AddSeals, SealSeal | SealShrink | SealGrow) == 0;

    /// <summary>The seals of a memory file; −1 for any other file.</summary>
    public static int SealsOf(int descriptor) => Fcntl(descriptor, GetSeals, 0);

    /// <summary>Maps the whole file for reading and writing; null where the system refuses.</summary>
    public static byte* Map(int descriptor, long size)
    {
        var address = MapCall(null, (nuint)size, Protection, MapShared, descriptor, 0);
        return address == (void*)-1 ? null : (byte*)address;
    }

    /// <summary>Puts empty private memory in the place of a mapping: its pages go back to the system, its addresses stay valid.</summary>
    public static bool Vacate(byte* address, long size) =>
        MapCall(address, (nuint)size, Protection, MapPrivate | MapFixed | MapAnonymous | MapNoReserve, -1, 0) == address;

    /// <summary>Puts pages of a file in the place of private memory, with the file's bytes: what is written to them later stays private.</summary>
    public static bool MapOver(byte* address, long size, int descriptor, long offset) =>
        MapCall(address, (nuint)size, Protection, MapPrivate | MapFixed, descriptor, (nint)offset) == address;

    /// <summary>Writes to a place of a file.</summary>
    /// <returns>Whether all of it was written.</returns>
    public static bool Write(int descriptor, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            for (nint done = 0; done < bytes.Length;)
            {
                var written = WriteAt(descriptor, start + done, bytes.Length - done, (nint)offset + done);
                if (written <= 0 && Marshal.GetLastPInvokeError() != Processes.Posix.Interrupted)
                    return false;
                done += Math.Max(written, 0);
            }

            return true;
        }
    }

    /// <summary>Reads from a place of a file.</summary>
    /// <returns>Whether all of it was there.</returns>
    public static bool Read(int descriptor, byte* to, long count, long offset)
    {
        for (long done = 0; done < count;)
        {
            var read = ReadAt(descriptor, to + done, (nint)(count - done), (nint)(offset + done));
            if (read == 0 || (read < 0 && Marshal.GetLastPInvokeError() != Processes.Posix.Interrupted))
                return false;
            done += Math.Max(read, 0);
        }

        return true;
    }

    public static void Unmap(byte* address, long size) => _ = UnmapCall(address, (nuint)size);

    /// <summary>The system call <c>futex</c>, between processes.</summary>
    /// <returns>What the call returns; −1 with <see cref="Marshal.GetLastPInvokeError"/> otherwise.</returns>
    public static nint Futex(int* word, int operation, int value, TimeSpec* timeout) =>
        SysCall(IsX64 ? 202 : 98, (nint)word, operation, value, (nint)timeout, 0, 0);

    private static byte[] Path(string path) => System.Text.Encoding.UTF8.GetBytes(path + "\0");

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags, uint mode);

    [DllImport(C, EntryPoint = "unlink")]
    private static extern int Unlink(byte* path);

    [LibraryImport(C, EntryPoint = "readlink", SetLastError = true)]
    private static partial nint ReadLinkCall(byte* path, byte* target, nint length);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Truncate(int descriptor, nint size);

    [DllImport(C, EntryPoint = "posix_fallocate")]
    private static extern int Allocate(int descriptor, nint offset, nint size);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    private static partial nint Seek(int descriptor, nint offset, int origin);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, nint argument);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint WriteAt(int descriptor, byte* bytes, nint count, nint offset);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    private static partial nint ReadAt(int descriptor, byte* bytes, nint count, nint offset);

    [LibraryImport(C, EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapCall(void* address, nuint size, int protection, int flags, int descriptor, nint offset);

    [DllImport(C, EntryPoint = "munmap")]
    private static extern int UnmapCall(void* address, nuint size);
}
