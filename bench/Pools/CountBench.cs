using Shoal;

namespace Pools;

/// <summary>
/// The tutorials' count in range, 200,000 rows of 5: <c>Map</c> and <c>StarMap</c> on every local pool beside the plain loop of the same round, and <c>Apply</c>
/// for each of some rows over processes.
/// </summary>
internal static class CountBench
{
    private const int Rows = 200_000;
    private const int Columns = 5;
    private const int Applied = 20_000;
    private const int Rounds = 9;
    private const int WarmRounds = 24;

    public static void Run()
    {
        var random = new Random(100);
        var rows = Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, Columns).Select(_ => random.Next(10)).ToArray()).ToArray();
        var tuples = rows.Select(row => (row, 4, 8)).ToArray();
        var (low, high) = (4, 8);
        var results = new int[Rows];
        Pool[] pools = [Pool.Auto(), Pool.Threads(2), Pool.Processes(2)];
        for (var round = -WarmRounds; round < Rounds; round++)
        {
            var loop = Clock.Seconds(() =>
            {
                results = new int[Rows];
                for (var row = 0; row < rows.Length; row++)
                    results[row] = Count(rows[row], low, high);
            });
            if (round >= 0)
                Report.Print("count_loop_ms", loop * 1e3);
            foreach (var pool in pools)
            {
                var name = pool.Spec.Split(':')[0];
                int[] mapped = [], starred = [];
                var map = Clock.Seconds(() => mapped = pool.Map(rows, row => Count(row, low, high)));
                var star = Clock.Seconds(() => starred = pool.StarMap(tuples, Count));
                if (!mapped.SequenceEqual(results) || !starred.SequenceEqual(results))
                    throw new InvalidOperationException($"{pool.Spec} counted something else than the loop.");
                if (round < 0)
                    continue;
                Report.Print($"count_{name}_map_ms", map * 1e3);
                Report.Print($"count_{name}_map_over_loop", map / loop);
                Report.Print($"count_{name}_starmap_ms", star * 1e3);
                Report.Print($"count_{name}_starmap_over_loop", star / loop);
            }
        }

        var processes = pools[^1];
        var applied = Clock.Median(warm: 1, runs: 3, () =>
        {
            for (var row = 0; row < Applied; row++)
                _ = processes.Apply(Count, rows[row], low, high);
        });
        Report.Print("count_processes_apply_us", applied / Applied * 1e6);
        foreach (var pool in pools)
            pool.Dispose();
    }

    private static int Count(int[] row, int low, int high)
    {
        var count = 0;
        foreach (var x in row)
        {
            if (low <= x && x <= high)
                count++;
        }

        return count;
    }
}
