using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Shoal.Dispatch;
using Shoal.Reporting;

namespace Shoal.Tests.Reporting;

/// <summary>Meters are the whole program's: no other test may call a pool meanwhile.</summary>
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(TelemetryTests))]
public class TelemetryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("serial")]
    [InlineData("auto")]
    [InlineData("threads:2")]
    [InlineData("processes:2")]
    public async Task Calls_items_and_batches_are_counted(string spec)
    {
        await Task.Yield();
        using var heard = new HeardMeasurements();
        PoolReport report;
        using (var pool = Pool.Open(spec))
        {
            pool.Map(Enumerable.Range(0, 100).ToArray(), x => x + 1, new() { Batch = 10 });
            Should.Throw<FormatException>(() => pool.Map(["one"], text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
            heard.Gauge("shoal.pool.worker.count").ShouldBe(pool.Report.WorkersAlive);
            report = pool.Report;
        }

        heard.Sum("shoal.pool.calls").ShouldBe(2);
        heard.Sum("shoal.pool.calls", ("shoal.outcome", "failed"), ("error.type", "System.FormatException"), ("shoal.backend", spec.Split(':')[0])).ShouldBe(1);
        heard.Count("shoal.pool.call.duration").ShouldBe(2);
        heard.Sum("shoal.pool.items").ShouldBe(report.Items);
        heard.Sum("shoal.pool.batches").ShouldBe(report.Batches);
        // A batch whose rear an idle worker took over is two.
        heard.Count("shoal.pool.batch.duration").ShouldBeInRange(spec == "serial" ? 0 : 10, spec == "serial" ? 0 : 100);
        heard.Sum("shoal.pool.io", ("network.io.direction", "transmit")).ShouldBe(report.BytesSent);
        heard.Sum("shoal.pool.io", ("network.io.direction", "receive")).ShouldBe(report.BytesReceived);
        heard.Gauge("shoal.pool.worker.count").ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Losses_are_counted()
    {
        await Task.Yield();
        using var heard = new HeardMeasurements();
        using var pool = Pool.Processes(2);
        var mark = Path.Combine(Path.GetTempPath(), $"shoal-telemetry-{Guid.NewGuid():N}");

        pool.Map(Enumerable.Range(0, 4).ToArray(), x =>
        {
            if (x == 2 && !File.Exists(mark))
            {
                File.WriteAllText(mark, "");
                Environment.Exit(3);
            }

            return x;
        });
        File.Delete(mark);

        heard.Sum("shoal.pool.worker.lost").ShouldBe(1);
        heard.Sum("shoal.pool.retries").ShouldBe(1);
    }

    [Fact]
    public void Nothing_is_allocated_where_nobody_listens()
    {
        var telemetry = new DriverTelemetry("processes");
        Tell();

        AllocatedBytes.Least(() =>
        {
            for (var i = 0; i < 1_000; i++)
                Tell();
        }).ShouldBe(0);

        void Tell()
        {
            PoolTrace.Begin("serial", "Map", null!).ShouldBeNull();
            PoolTrace.BeginElsewhere("serial", "MapAsync", null!).ShouldBeNull();
            telemetry.BatchSent();
            telemetry.Finished(1);
            telemetry.BatchDone(1);
            telemetry.Recycled();
            telemetry.Gone(lost: true, runAgain: 1);
            Telemetry.Moved(1, sent: true);
        }
    }

    /// <summary>All that the meter gives while it is there.</summary>
    private sealed class HeardMeasurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _heard = new();

        public HeardMeasurements()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Shoal")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _heard.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _heard.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _heard.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public double Sum(string name, params (string Key, object? Value)[] tags)
            => _heard.Where(one => one.Name == name && tags.All(tag => one.Tags.Contains(new(tag.Key, tag.Value)))).Sum(one => one.Value);

        public int Count(string name) => _heard.Count(one => one.Name == name);

        /// <summary>What the gauge says now.</summary>
        public double Gauge(string name)
        {
            var before = _heard.Where(one => one.Name == name).Sum(one => one.Value);
            _listener.RecordObservableInstruments();
            return _heard.Where(one => one.Name == name).Sum(one => one.Value) - before;
        }

        public void Dispose() => _listener.Dispose();
    }
}
