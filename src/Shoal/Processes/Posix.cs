using System.Runtime.InteropServices;
using Shoal.Sharing;

// The C library is where the system keeps it, never beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Shoal.Processes;

/// <summary>
/// The few system calls that .NET has no method for: a process group at birth, an inherited socket pair, the exact exit status.
/// </summary>
/// <remarks>All signatures are blittable: a stub costs about 0.2 ms when it is first used, and workers use half of them while they start.</remarks>
internal static unsafe partial class Posix
{
    public const int SigInt = 2, SigKill = 9;
    public const int Interrupted = 4, TryAgain = 11, TryAgainMac = 35;
    public const short PollIn = 1, PollOut = 4;

    private const string C = "libc";
    private const int LinuxCloseOnExec = 0x80000;

    // Descriptors below would collide with the numbers that a child gets them under.
    private const int FirstOwn = 10;

    private static int DuplicateCloseOnExec => OperatingSystem.IsLinux() ? 1030 : 67;

    private static int DontWait => OperatingSystem.IsLinux() ? 0x40 : 0x80;

    /// <summary>Two connected stream sockets that no other child inherits.</summary>
    public static (int Here, int There) SocketPair()
    {
        var pair = stackalloc int[2];
        var type = OperatingSystem.IsLinux() ? 1 | LinuxCloseOnExec : 1;
        Check(SocketPairCall(1, type, 0, pair), "socketpair");
        return Own(pair);
    }

    /// <summary>A pipe that no other child inherits.</summary>
    public static (int Read, int Write) Pipe()
    {
        var pair = stackalloc int[2];
        Check(OperatingSystem.IsLinux() ? Pipe2(pair, LinuxCloseOnExec) : PipeCall(pair), "pipe");
        return Own(pair);
    }

    /// <summary>Closes the descriptor when the process runs another program.</summary>
    public static void CloseOnExec(int descriptor) => _ = Fcntl(descriptor, 2, 1);

    /// <summary>Takes what has arrived, up to <paramref name="length"/> bytes: 0 at the end, −1 with <see cref="Marshal.GetLastPInvokeError"/> otherwise.</summary>
    public static nint Receive(int socket, byte* buffer, nint length, bool wait) => Recv(socket, buffer, length, wait ? 0 : DontWait);

    /// <summary>Hands over what fits without waiting, or, with <paramref name="wait"/>, at least one byte.</summary>
    public static nint Send(int socket, byte* buffer, nint length, bool wait) =>
        SendCall(socket, buffer, length, (wait ? 0 : DontWait) | (OperatingSystem.IsLinux() ? 0x4000 : 0));

    /// <summary>Whether the last call failed only because it would have had to wait.</summary>
    public static bool WouldWait(int error) => error == (OperatingSystem.IsLinux() ? TryAgain : TryAgainMac);

    /// <summary>A descriptor that becomes readable when the process ends, or −1 where the system has none.</summary>
    public static int OpenProcess(int process)
    {
        if (!OperatingSystem.IsLinux())
            return -1;
        const nint pidfdOpen = 434; // the same number on every architecture; the descriptor is close-on-exec
        return (int)SysCall(pidfdOpen, process, 0);
    }

    public static int Poll(PollDescriptor* descriptors, int count, int milliseconds) =>
        OperatingSystem.IsLinux() ? PollCall(descriptors, (nuint)count, milliseconds) : PollMac(descriptors, (uint)count, milliseconds);

    /// <summary>Waits for a time that may be shorter than a millisecond, or until the descriptor can be read. Linux only, as are the descriptors of processes.</summary>
    public static void Rest(int descriptor, TimeSpan time)
    {
        PollDescriptor one = new() { Descriptor = descriptor, Events = PollIn };
        SharedMemory.TimeSpec limit = new() { Seconds = (nint)(time.Ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick) };
        _ = PollFor(&one, 1, &limit, null);
    }

    /// <summary>Waits until one descriptor can be read.</summary>
    public static bool WaitReadable(int descriptor, int milliseconds)
    {
        PollDescriptor one = new() { Descriptor = descriptor, Events = PollIn };
        var limit = Environment.TickCount64 + milliseconds;
        while (true)
        {
            var ready = Poll(&one, 1, milliseconds);
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
                return ready > 0;
            // The runtime interrupts its threads, at a collection for one: that is not the end of the wait.
            milliseconds = (int)Math.Max(0, limit - Environment.TickCount64);
        }
    }

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint length);

    [DllImport(C, EntryPoint = "close")]
    public static extern int Close(int descriptor);

    /// <summary>Ends both directions of a socket: whoever waits in it comes back.</summary>
    public static void Shutdown(int socket) => _ = ShutdownCall(socket, 2);

    /// <summary>Ends only receiving: whoever waits for more comes back when what has arrived is read.</summary>
    public static void ShutdownReceiving(int socket) => _ = ShutdownCall(socket, 0);

    [LibraryImport(C, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(C, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitProcess(int process, int* status, int options);

    [DllImport(C, EntryPoint = "getpgrp")]
    public static extern int ProcessGroup();

    [DllImport(C, EntryPoint = "setpgid")]
    public static extern int SetProcessGroup(int process, int group);

    [DllImport(C, EntryPoint = "_exit")]
    public static extern void ExitNow(int code);

    /// <summary>Ignores a signal without the thread that a managed registration starts.</summary>
    public static void Ignore(int signal) => _ = SignalCall(signal, 1);

    [DllImport(C, EntryPoint = "unsetenv")]
    public static extern int UnsetVariable(byte* name);

    [DllImport(C, EntryPoint = "setenv")]
    public static extern int SetVariable(byte* name, byte* value, int overwrite);

    [DllImport(C, EntryPoint = "posix_spawn")]
    public static extern int Spawn(int* process, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [DllImport(C, EntryPoint = "posix_spawnattr_init")]
    public static extern int AttributesInit(void* attributes);

    [DllImport(C, EntryPoint = "posix_spawnattr_destroy")]
    public static extern int AttributesDestroy(void* attributes);

    [DllImport(C, EntryPoint = "posix_spawnattr_setflags")]
    public static extern int AttributesFlags(void* attributes, short flags);

    [DllImport(C, EntryPoint = "posix_spawnattr_setpgroup")]
    public static extern int AttributesGroup(void* attributes, int group);

    [DllImport(C, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static extern int AttributesDefaults(void* attributes, void* set);

    [DllImport(C, EntryPoint = "posix_spawnattr_setsigmask")]
    public static extern int AttributesMask(void* attributes, void* set);

    [DllImport(C, EntryPoint = "sigfillset")]
    public static extern int FillSignals(void* set);

    [DllImport(C, EntryPoint = "sigemptyset")]
    public static extern int EmptySignals(void* set);

    [DllImport(C, EntryPoint = "posix_spawn_file_actions_init")]
    public static extern int ActionsInit(void* actions);

    [DllImport(C, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static extern int ActionsDestroy(void* actions);

    [DllImport(C, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static extern int ActionsDuplicate(void* actions, int from, int to);

    [DllImport(C, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static extern int ActionsOpen(void* actions, int descriptor, byte* path, int flags, uint mode);

    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>The same file under a number that no child gets its own files under; −1 where there is none left. The old number is closed.</summary>
    public static int MoveAside(int descriptor)
    {
        if (descriptor is < 0 or >= FirstOwn)
            return descriptor;
        var higher = Fcntl(descriptor, DuplicateCloseOnExec, FirstOwn);
        _ = Close(descriptor);
        return higher;
    }

    private static (int, int) Own(int* pair)
    {
        for (var i = 0; i < 2; i++)
        {
            if (pair[i] < FirstOwn)
            {
                pair[i] = MoveAside(pair[i]);
                Check(pair[i], "fcntl");
            }
            else if (!OperatingSystem.IsLinux())
            {
                CloseOnExec(pair[i]);
            }
        }
        return (pair[0], pair[1]);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
            throw new ShoalException($"The system refused {what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. Check `ulimit -n`, or open the pool with fewer workers.");
    }

    // fcntl takes a variable argument, which ARM Macs pass on the stack: six fillers push it there, elsewhere the third one counts.
    private static int Fcntl(int descriptor, int command, nint argument) =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? FcntlStack(descriptor, command, 0, 0, 0, 0, 0, 0, argument)
            : FcntlRegister(descriptor, command, argument);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlRegister(int descriptor, int command, nint argument);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlStack(int descriptor, int command, nint a, nint b, nint c, nint d, nint e, nint f, nint argument);

    [LibraryImport(C, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPairCall(int domain, int type, int protocol, int* pair);

    [LibraryImport(C, EntryPoint = "pipe", SetLastError = true)]
    private static partial int PipeCall(int* pair);

    [LibraryImport(C, EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* pair, int flags);

    [LibraryImport(C, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(C, EntryPoint = "send", SetLastError = true)]
    private static partial nint SendCall(int socket, byte* buffer, nint length, int flags);

    [DllImport(C, EntryPoint = "shutdown")]
    private static extern int ShutdownCall(int socket, int how);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCall(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport(C, EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollFor(PollDescriptor* descriptors, nuint count, SharedMemory.TimeSpec* limit, void* signals);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    private static partial int PollMac(PollDescriptor* descriptors, uint count, int milliseconds);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint first, nint second);

    [DllImport(C, EntryPoint = "signal")]
    private static extern nint SignalCall(int signal, nint handler);
}
