using System.Numerics;
using Shoal;

namespace Pools;

/// <summary>
/// Large arrays and worker processes: 256 MB as an argument and as a result (the first call apart, then the median of calls 20 to 40, results dropped), and 8 tasks
/// that capture the same 100 MB.
/// </summary>
internal static class LargeBench
{
    private const int Large = 32 << 20;
    private const int Captured = 100 << 17;
    private const int FirstCounted = 20;
    private const int Calls = 40;

    public static void Run()
    {
        using var pool = Pool.Processes(2);
        var array = new double[Large];
        Array.Fill(array, 1.0);
        Series("argument_256mb", () =>
        {
            if (pool.Apply(Sum, array) != Large)
                throw new InvalidOperationException("The worker saw another array.");
        });
        Series("result_256mb", () =>
        {
            if (pool.Apply(Ones, Large).Length != Large)
                throw new InvalidOperationException("The worker's array did not come back whole.");
        });

        var captured = new double[Captured];
        Array.Fill(captured, 1.0);
        int[] tasks = [.. Enumerable.Range(0, 8)];
        Report.Print("capture_100mb_first_ms", Clock.Seconds(() => pool.Map(tasks, task => Sum(captured) + task)) * 1e3);
        Report.Print("capture_100mb_sum_again_ms", Clock.Median(warm: 1, runs: 5, () => pool.Map(tasks, task => Sum(captured) + task)) * 1e3);
        Report.Print("capture_100mb_element_again_ms", Clock.Median(warm: 1, runs: 5, () => pool.Map(tasks, task => captured[task])) * 1e3);
    }

    private static void Series(string name, Action call)
    {
        var times = new double[Calls];
        for (var i = 0; i < Calls; i++)
            times[i] = Clock.Seconds(call);
        Report.Print($"{name}_first_ms", times[0] * 1e3);
        Report.Print($"{name}_ms", times[FirstCounted..].Order().ElementAt((Calls - FirstCounted) / 2) * 1e3);
    }

    private static double Sum(double[] values)
    {
        var sums = Vector<double>.Zero;
        var last = values.Length - (values.Length % Vector<double>.Count);
        for (var i = 0; i < last; i += Vector<double>.Count)
            sums += new Vector<double>(values, i);
        var sum = Vector.Sum(sums);
        for (var i = last; i < values.Length; i++)
            sum += values[i];
        return sum;
    }

    private static double[] Ones(int length)
    {
        var ones = new double[length];
        Array.Fill(ones, 1.0);
        return ones;
    }
}
