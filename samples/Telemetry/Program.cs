using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Shoal;

#region explain
using var pool = Pool.Threads(2);
int[] squares = pool.Map([1, 2, 3, 4], x => x * x);
string told = pool.Explain();                       // a table of the workers, and sentences
PoolReport report = pool.Report;                    // the same as numbers
#endregion
Console.WriteLine($"{squares.Sum()}: {report.Items} items, {report.PerWorker.Count} workers, told: {told.StartsWith(pool.Spec, StringComparison.Ordinal)}");

#region listen
using var calls = new ActivityListener
{
    ShouldListenTo = source => source.Name == "Shoal",
    Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    ActivityStopped = call => Console.WriteLine($"{call.OperationName}: {call.GetTagItem("shoal.items")} items, {call.GetTagItem("shoal.outcome")}"),
};
ActivitySource.AddActivityListener(calls);

var sums = new ConcurrentDictionary<string, long>();
using var numbers = new MeterListener
{
    InstrumentPublished = (instrument, listener) =>
    {
        if (instrument.Meter.Name == "Shoal")
            listener.EnableMeasurementEvents(instrument);
    },
};
numbers.SetMeasurementEventCallback<long>((instrument, value, tags, state) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
numbers.Start();
#endregion

pool.Map(Enumerable.Range(0, 1000).ToArray(), x => x + 1);
Console.WriteLine($"{sums["shoal.pool.items"]} items");
