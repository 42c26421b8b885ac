using System.Diagnostics;

namespace Pools;

/// <summary>Times of actions.</summary>
internal static class Clock
{
    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The median of several runs, after some that are not counted.</summary>
    public static double Median(int warm, int runs, Action action)
    {
        for (var run = 0; run < warm; run++)
            action();
        var times = Enumerable.Range(0, runs).Select(_ => Seconds(action)).Order().ToArray();
        return times[runs / 2];
    }
}
