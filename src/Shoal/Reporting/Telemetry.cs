using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Shoal.Reporting;

/// <summary>The activity source and the meter of the runtime that others may listen to: both named <c>Shoal</c>. <c>docs/telemetry.md</c> lists what they give.</summary>
/// <remarks>Thread-safe. Where nobody listens a record costs a look at a field.</remarks>
internal static class Telemetry
{
    private const string Name = "Shoal";
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100] };

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Source { get; } = new(Name);

    public static Counter<long> Calls { get; } = Meter.CreateCounter<long>("shoal.pool.calls", "{call}", "Calls that are over.");

    public static Histogram<double> CallDuration { get; }
        = Meter.CreateHistogram("shoal.pool.call.duration", "s", "From the beginning of a call to its outcome.", null, Durations);

    public static Counter<long> Items { get; } = Meter.CreateCounter<long>("shoal.pool.items", "{item}", "Items whose results came in.");

    public static Counter<long> Batches { get; } = Meter.CreateCounter<long>("shoal.pool.batches", "{batch}", "Batches that were handed out.");

    public static Histogram<double> BatchDuration { get; }
        = Meter.CreateHistogram("shoal.pool.batch.duration", "s", "From the handing out of a batch to its last result.", null, Durations);

    public static Counter<long> Retries { get; } = Meter.CreateCounter<long>("shoal.pool.retries", "{item}", "Items that had to run again because the worker that ran them died.");

    public static Counter<long> WorkersLost { get; } = Meter.CreateCounter<long>("shoal.pool.worker.lost", "{worker}", "Workers that ended without being asked.");

    public static Counter<long> WorkersRecycled { get; } = Meter.CreateCounter<long>("shoal.pool.worker.recycled", "{worker}", "Workers that the pool ended and replaced.");

    public static Counter<long> Io { get; } = Meter.CreateCounter<long>("shoal.pool.io", "By", "Bytes that were sent to worker processes, and that came from them.");

    /// <summary>Whether anybody wants to hear of calls.</summary>
    public static bool HearsCalls => Source.HasListeners() || Calls.Enabled || CallDuration.Enabled;

    /// <summary>The tag by which pools of one kind are told from others.</summary>
    public static KeyValuePair<string, object?> Backend(string scheme) => new("shoal.backend", scheme);

    /// <summary>Bytes went to worker processes, or came from them.</summary>
    public static void Moved(long bytes, bool sent)
    {
        if (Io.Enabled)
            Io.Add(bytes, new KeyValuePair<string, object?>("network.io.direction", sent ? "transmit" : "receive"));
    }
}
