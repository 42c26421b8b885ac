using System.Diagnostics;

namespace Shoal.Bench.Learning;

/// <summary>
/// One thread is timed by the processor time of the process and two by the wall, ours and the peers' alike: other work on the machine stops a
/// thread now and then, which the first does not see; what a second thread waits for only the wall sees.
/// </summary>
internal static class Clock
{
    /// <summary>An amount a second, by the wall and by the processor.</summary>
    public static (double? Wall, double? Processor) Rate(double amount, Action work)
    {
        var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (amount / wall, amount / (Environment.CpuUsage.TotalTime - used).TotalSeconds);
    }

    public static double? For(int threads, (double? Wall, double? Processor) rate) => threads == 1 ? rate.Processor : rate.Wall;
}
