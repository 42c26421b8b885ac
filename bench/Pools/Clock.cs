using System.Diagnostics;
using System.Globalization;

namespace Pools;

/// <summary>Times and prints: one figure a line, its name and its value.</summary>
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

    public static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:F4}"));
}
