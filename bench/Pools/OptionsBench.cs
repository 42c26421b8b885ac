using Shoal;

namespace Pools;

/// <summary>What progress and a token that may cancel add to a call of 1,000,000 trivial items, in time and in bytes allocated by this process.</summary>
internal static class OptionsBench
{
    private const int Items = 1_000_000;
    private const int Rounds = 9;

    public static void Run()
    {
        var items = Enumerable.Range(0, Items).ToArray();
        using var source = new CancellationTokenSource();
        foreach (var pool in new[] { Pool.Serial(), Pool.Threads(2), Pool.Processes(2) })
        {
            using (pool)
            {
                var name = pool.Spec.Split(':')[0];
                for (var round = -3; round < Rounds; round++)
                {
                    var (plain, plainBytes) = Measured(() => pool.Map(items, x => x + 1));
                    var (watched, watchedBytes) = Measured(() => pool.Map(items, x => x + 1, new() { Progress = new Ignored() }, source.Token));
                    if (round < 0)
                        continue;
                    Report.Print($"options_{name}_time_ratio", watched / plain);
                    Report.Print($"options_{name}_bytes_an_item", (watchedBytes - plainBytes) / (double)Items);
                }
            }
        }
    }

    private static (double Seconds, long Bytes) Measured(Action call)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var seconds = Clock.Seconds(call);
        return (seconds, GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    private sealed class Ignored : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
        }
    }
}
