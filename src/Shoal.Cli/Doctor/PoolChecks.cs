using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Shoal.Cli.Doctor;

/// <summary>What worker processes need: the start-up hook, a start that succeeds, files, shared memory.</summary>
internal static class PoolChecks
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";
    private const int RoundTrips = 100;

    // A worker holds some ten descriptors in the caller: its sockets, its output, its process.
    private const long FilesForWorker = 16;
    private const long FilesOfProgram = 128;
    private const long SmallSharedMemory = 64L << 20;

    public static IReadOnlyList<Check> All { get; } =
    [
        new("start-up hook", true, _ => Hook()),
        new("worker processes", true, Workers),
        new("open files", true, _ => OpenFiles()),
        new("shared memory", false, _ => SharedMemory()),
    ];

    private static Finding Hook() => !AppContext.TryGetSwitch(HookSwitch, out var allowed) || allowed
        ? new(true, "allowed")
        : new(false, "switched off", "Worker processes start through it: put <StartupHookSupport>true</StartupHookSupport> into the project, or use threads.");

    /// <summary>Starts one, and lets it answer.</summary>
    private static Finding Workers(CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        using var pool = Pool.Processes(1);
        var process = pool.Apply(static () => Environment.ProcessId, cancel);
        var started = Stopwatch.GetElapsedTime(start);
        if (process == Environment.ProcessId)
            return new(false, null, "The function ran in the caller, not in a worker process, which is a defect of Shoal: please report it.");

        start = Stopwatch.GetTimestamp();
        for (var call = 0; call < RoundTrips; call++)
            pool.Apply(static () => 0, cancel);
        var call1 = Stopwatch.GetElapsedTime(start) / RoundTrips;
        return new(true, string.Create(CultureInfo.InvariantCulture, $"first result after {started.TotalMilliseconds:0} ms, then a call in {call1.TotalMicroseconds:0} µs"));
    }

    private static Finding OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits) || File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is not { } line)
            return new(true, null, "The system does not tell its limit here; ulimit -n does.");

        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        var needed = FilesOfProgram + FilesForWorker * Environment.ProcessorCount;
        var enough = !long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit >= needed;
        return new(enough, soft, enough ? null : string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} workers need about {needed}: raise the limit with ulimit -n {Math.Max(1024, needed)}."));
    }

    private static Finding SharedMemory()
    {
        if (!OperatingSystem.IsLinux())
            return new(false, null, "Large arrays go through sockets here.");

        var parts = new List<string>();
        var anonymous = HasAnonymousFiles();
        if (anonymous)
            parts.Add("memfd");
        var folder = new DriveInfo("/dev/shm");
        var size = folder.IsReady && folder.DriveFormat == "tmpfs" ? folder.TotalSize : 0;
        if (size > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"/dev/shm of {size >> 20} MB, {folder.AvailableFreeSpace >> 20} MB free"));
        var enough = anonymous || size > SmallSharedMemory;
        return new(enough, parts.Count == 0 ? null : string.Join(", ", parts), enough ? null : "Large arrays go through sockets here; in a container start it with --shm-size=1g.");
    }

    private static bool HasAnonymousFiles()
    {
        var name = (byte)0;
        var descriptor = CreateAnonymousFile(in name, flags: 1);
        if (descriptor < 0)
            return false;
        return CloseFile(descriptor) == 0;
    }

    [DllImport("libc", EntryPoint = "memfd_create")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CreateAnonymousFile(in byte name, uint flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseFile(int descriptor);
}
