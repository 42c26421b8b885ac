using System.Diagnostics;
using Shoal;

namespace Pools;

/// <summary>What a pool of two worker processes costs: start, a call, memory. Prints one <c>name value</c> a line.</summary>
internal static class PoolBench
{
    private const int Calls = 5_000;
    private const int Rounds = 15;
    private const int WarmUp = 10;

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

    /// <summary>Microseconds an item of trivial work, one item a batch, beside the plain loop; the median of several calls, and the lowest and highest.</summary>
    public static void BatchOfOne() => MapTrivial("batch1", 10_000, new() { Batch = 1 }, Pool.Processes(2));

    /// <summary>The same where measured cost chooses the batches.</summary>
    public static void Automatic() => MapTrivial("automatic", 200_000, null, Pool.Processes(2));

    /// <summary>The same where shared memory is missing.</summary>
    public static void AutomaticOverSockets() =>
        MapTrivial("automatic_socket", 200_000, null, Pool.Processes(new PoolOptions { Workers = 2, Environment = new Dictionary<string, string?> { ["SHOAL_TRANSPORT"] = "socket" } }));

    private static void MapTrivial(string name, int count, MapOptions? options, Pool opened)
    {
        using var pool = opened;
        var one = 1;
        var items = Enumerable.Range(0, count).ToArray();
        Func<int, int> function = x => x + one;
        var times = new double[Rounds];
        var loops = new double[Rounds];
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var expected = new int[count];
            for (var i = 0; i < count; i++)
                expected[i] = function(items[i]);
            var loop = clock.Elapsed.TotalMicroseconds;
            clock.Restart();
            var results = pool.Map(items, function, options);
            if (round >= 0)
                (times[round], loops[round]) = (clock.Elapsed.TotalMicroseconds / count, loop / count);
            if (!results.AsSpan().SequenceEqual(expected))
                throw new InvalidOperationException("The pool's results are not the loop's.");
        }

        Array.Sort(times);
        Array.Sort(loops);
        Report.Print($"{name}_us_item_loop", loops[Rounds / 2]);
        Report.Print($"{name}_us_item", times[Rounds / 2]);
        Report.Print($"{name}_us_item_min", times[0]);
        Report.Print($"{name}_us_item_max", times[^1]);
    }

    /// <summary>Resident megabytes of each worker that has run one trivial item and waits, and the caller's and the workers' memory in all, shared pages counted once.</summary>
    public static void Memory()
    {
        using var pool = Pool.Processes(2);
        var workers = pool.Map(Enumerable.Range(0, 64), _ => Environment.ProcessId, new() { Batch = 1 }).Distinct().ToArray();
        foreach (var worker in workers)
        {
            using var process = Process.GetProcessById(worker);
            Report.Print("idle_worker_mb", process.WorkingSet64 / 1e6);
        }

        Report.Print("caller_and_workers_mb", (ProportionalShare(Environment.ProcessId) + workers.Sum(ProportionalShare)) / 1e6);
    }

    // Of each page the part that falls to one of the processes that map it (Linux: proc(5), smaps_rollup), in bytes.
    private static double ProportionalShare(int process)
    {
        var line = File.ReadLines($"/proc/{process}/smaps_rollup").First(text => text.StartsWith("Pss:", StringComparison.Ordinal));
        return 1024 * double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
