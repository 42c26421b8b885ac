using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Shoal.Bench.Kernels;

/// <summary>The processor time of this thread where the system tells it (Linux), so that a busy machine does not blur a kernel of one thread; else the wall clock.</summary>
internal static class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    internal static double Seconds(bool wall)
    {
        if (!wall && OperatingSystem.IsLinux() && GetTime(ThreadProcessorTime, out var time) == 0)
            return time.Seconds + (time.Nanoseconds * 1e-9);
        return (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        internal readonly long Seconds;
        internal readonly long Nanoseconds;
    }
}
