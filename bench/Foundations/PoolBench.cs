using System.Diagnostics;
using Shoal;

namespace Foundations;

/// <summary>What a pool of two worker processes costs: start, a call, memory. Prints one <c>name value</c> a line.</summary>
internal static class PoolBench
{
    private const int Calls = 5_000;

    /// <summary>Milliseconds from asking for a pool to its first result, in a program that has done nothing else.</summary>
    public static void Cold()
    {
        var one = 1;
        var clock = Stopwatch.StartNew();
        using var pool = Pool.Processes(2);
        _ = pool.Map([1, 2], x => x + one);
        Report.Print("cold_ms", clock.Elapsed.TotalMilliseconds);
    }

    /// <summary>Microseconds of one trivial call on a warm pool: median and 95th percentile.</summary>
    public static void RoundTrip()
    {
        var one = 1;
        using var pool = Pool.Processes(2);
        var times = new double[Calls];
        for (var call = -1_000; call < Calls; call++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = pool.Apply(x => x + one, 5);
            if (call >= 0)
                times[call] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        Report.Print("roundtrip_us_p50", times[Calls / 2]);
        Report.Print("roundtrip_us_p95", times[Calls * 95 / 100]);
    }

    /// <summary>Resident megabytes of each worker that has run one trivial item and waits.</summary>
    public static void Memory()
    {
        using var pool = Pool.Processes(2);
        var workers = pool.Map(Enumerable.Range(0, 64), _ => Environment.ProcessId, new() { Batch = 1 }).Distinct();
        foreach (var worker in workers)
        {
            using var process = Process.GetProcessById(worker);
            Report.Print("idle_worker_mb", process.WorkingSet64 / 1e6);
        }
    }
}
