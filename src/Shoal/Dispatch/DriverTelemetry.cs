using System.Diagnostics;
using Shoal.Backends;
using Shoal.Reporting;

namespace Shoal.Dispatch;

/// <summary>What happens under a driver, for the runtime's listeners. Where nobody listens nothing is done.</summary>
internal sealed class DriverTelemetry(string scheme)
{
    private readonly KeyValuePair<string, object?> _backend = Telemetry.Backend(scheme);

    public void BatchSent()
    {
        if (Telemetry.Batches.Enabled)
            Telemetry.Batches.Add(1, _backend);
    }

    public void Finished(int items)
    {
        if (Telemetry.Items.Enabled)
            Telemetry.Items.Add(items, _backend);
    }

    /// <summary>A batch is done.</summary>
    /// <param name="ticks">How long it took, in ticks of 100 ns.</param>
    public void BatchDone(long ticks)
    {
        if (Telemetry.BatchDuration.Enabled)
            Telemetry.BatchDuration.Record(TimeSpan.FromTicks(ticks).TotalSeconds, _backend);
    }

    public void Recycled()
    {
        if (Telemetry.WorkersRecycled.Enabled)
            Telemetry.WorkersRecycled.Add(1, _backend);
    }

    /// <summary>A worker is gone.</summary>
    /// <param name="lost">Whether nobody had asked it to.</param>
    /// <param name="runAgain">How many items run again because of it.</param>
    public void Gone(bool lost, long runAgain)
    {
        if (lost && Telemetry.WorkersLost.Enabled)
            Telemetry.WorkersLost.Add(1, _backend);
        if (runAgain > 0 && Telemetry.Retries.Enabled)
            Telemetry.Retries.Add(runAgain, _backend);
    }

    /// <summary>A worker is gone that had items of a call which somebody follows; before the call hears of it, and may be over.</summary>
    /// <param name="trace">The call.</param>
    /// <param name="worker">The worker's number.</param>
    /// <param name="loss">How it ended.</param>
    public static void Tell(Activity trace, int worker, WorkerLoss loss)
    {
        var tags = new ActivityTagsCollection { ["shoal.worker"] = worker, ["process.pid"] = loss.ProcessId };
        if (loss.ExitCode is { } code)
            tags["process.exit.code"] = code;
        if (loss.Signal is { } signal)
            tags["shoal.signal"] = signal;
        trace.AddEvent(new ActivityEvent(loss.Asked ? "shoal.worker.ended" : "shoal.worker.lost", tags: tags));
    }
}
