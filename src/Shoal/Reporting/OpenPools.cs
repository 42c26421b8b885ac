using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Shoal.Reporting;

/// <summary>The pools that are open, for the gauge of their workers. It keeps none of them alive. Thread-safe.</summary>
internal static class OpenPools
{
    private static readonly object Mark = new();
    private static readonly ConditionalWeakTable<Pool, object> Pools = Watched();

    public static void Add(Pool pool) => Pools.AddOrUpdate(pool, Mark);

    public static void Remove(Pool pool) => Pools.Remove(pool);

    private static ConditionalWeakTable<Pool, object> Watched()
    {
        Telemetry.Meter.CreateObservableUpDownCounter("shoal.pool.worker.count", Observe, "{worker}", "Workers that are there.");
        return [];
    }

    // Pools with the same spec are one series.
    private static IEnumerable<Measurement<int>> Observe()
        => Pools.Select(entry => (entry.Key.Spec, entry.Key.Report.WorkersAlive))
            .GroupBy(pool => pool.Spec)
            .Select(pools => new Measurement<int>(
                pools.Sum(pool => pool.WorkersAlive), new("shoal.pool", pools.Key), Telemetry.Backend(PoolTrace.SchemeOf(pools.Key))));
}
