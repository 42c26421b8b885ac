using Shoal;

namespace Pools;

/// <summary>
/// What progress, a token that may cancel and the report add to a call of 1,000,000 trivial items in batches of 10,000: time, bytes that are allocated here and in the workers, bytes that travel, batches.
/// The report is always on: what it costs is part of both.
/// </summary>
internal static class OptionsBench
{
    private const int Items = 1_000_000;
    private const int Batch = 10_000;
    private const int Rounds = 9;
    private const int CallsARound = 5;

    public static void Run()
    {
        var items = Enumerable.Range(0, Items).ToArray();
        // One delegate: of two the compiler inlines the one that it saw more often.
        Func<int, int> function = x => x + 1;
        using var source = new CancellationTokenSource();
        var off = new MapOptions { Batch = Batch };
        var on = off with { Progress = new Ignored() };
        foreach (var pool in new[] { Pool.Serial(), Pool.Threads(2), Pool.Processes(2) })
        {
            using (pool)
            {
                var name = pool.Spec.Split(':')[0];
                for (var round = -3; round < Rounds; round++)
                {
                    // In turn, and the fastest of several: a call of a millisecond is at the mercy of the machine.
                    var (plain, watched) = (Cost.Highest, Cost.Highest);
                    for (var call = 0; call < CallsARound; call++)
                    {
                        plain = plain.Fastest(Measured(pool, () => pool.Map(items, function, off)));
                        watched = watched.Fastest(Measured(pool, () => pool.Map(items, function, on, source.Token)));
                    }

                    if (round < 0)
                        continue;
                    Report.Print($"options_{name}_off_ns_item", plain.Seconds / Items * 1e9);
                    Report.Print($"options_{name}_on_ns_item", watched.Seconds / Items * 1e9);
                    Report.Print($"options_{name}_time_ratio", watched.Seconds / plain.Seconds);
                    Report.Print($"options_{name}_added_bytes_allocated_item", (watched.Allocated - plain.Allocated) / (double)Items);
                    Report.Print($"options_{name}_added_bytes_sent_item", (watched.Moved - plain.Moved) / (double)Items);
                    Report.Print($"options_{name}_added_batches", watched.Batches - plain.Batches);
                }

                var seen = pool.Map(items, _ => GC.GetAllocatedBytesForCurrentThread(), on, source.Token);
                Report.Print($"options_{name}_worker_bytes_allocated_item", seen.Chunk(Batch).Sum(bytes => bytes[^1] - bytes[0]) / (double)Items);
            }
        }
    }

    private static Cost Measured(Pool pool, Action call)
    {
        // Else the collector runs at every second call, which is always the same one of the two.
        GC.Collect();
        var (before, allocated) = (pool.Report, GC.GetTotalAllocatedBytes(precise: true));
        var seconds = Clock.Seconds(call);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var after = pool.Report;
        return new(seconds, allocated, after.BytesSent + after.BytesReceived - before.BytesSent - before.BytesReceived, after.Batches - before.Batches);
    }

    private sealed record Cost(double Seconds, long Allocated, long Moved, long Batches)
    {
        public static Cost Highest { get; } = new(double.MaxValue, long.MaxValue, 0, 0);

        public Cost Fastest(Cost other) => other with { Seconds = Math.Min(Seconds, other.Seconds), Allocated = Math.Min(Allocated, other.Allocated) };
    }

    private sealed class Ignored : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
        }
    }
}
