using System.Text;

namespace Shoal.Reporting;

/// <summary>What a report says, for people: who did what, where the time went, and what to change. A pure function of the report.</summary>
internal static class Explanation
{
    // Below this a pool is said to be slower than the loop: closer together, the one and the other win by turns.
    private const double Slower = 0.95;

    // Sending an item to a process and its result back costs up to this where each travels by itself (Processes/README.md).
    private static readonly TimeSpan SmallForProcesses = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan SmallForThreads = TimeSpan.FromMicroseconds(1);

    // In shorter calls workers wait because they have to wake.
    private static readonly TimeSpan LongCall = TimeSpan.FromMilliseconds(20);
    private const double MuchSerializing = 0.2;
    private const double MuchWaiting = 0.25;
    private const double MuchStarting = 0.25;
    private const int ItemsForWorker = 4;

    public static string Of(PoolReport report)
    {
        var text = new StringBuilder();
        text.Append(Headline(report)).Append('\n');
        if (report.PerWorker.Count > 0)
        {
            text.Append('\n');
            WorkerTable.Append(text, report.PerWorker);
        }

        string[] sentences = [.. Sentences(report).Concat(Advice(report)).Concat(Incidents(report))];
        if (sentences.Length > 0)
            text.Append('\n');
        foreach (var sentence in sentences)
            text.Append(sentence).Append('\n');
        return text.ToString();
    }

    private static string Headline(PoolReport report)
    {
        if (report.Calls == 0)
            return $"{report.Pool}: no call yet.";
        var done = $"{report.Pool}: {Amounts.Of(report.Calls, "call")}, {Amounts.Of(report.Items, "item")} in {Amounts.Of(report.WallTime)}.";
        return report.Speedup switch
        {
            null => done,
            _ when IsLoop(report) => $"{done} This is the plain loop.",
            < Slower => $"{done} The plain loop would have taken {Amounts.Of(report.LoopTime)}: it would have won.",
            < 1 / Slower => $"{done} The plain loop would have taken as long: {Amounts.Of(report.LoopTime)}.",
            { } speedup => $"{done} The plain loop would have taken {Amounts.Of(report.LoopTime)}: this was {Amounts.Digits(speedup)} times as fast.",
        };
    }

    private static IEnumerable<string> Sentences(PoolReport report)
    {
        if (InCalls(report) is { } time && time > TimeSpan.Zero && !IsLoop(report))
        {
            var serializing = Sum(report, worker => worker.Serializing) is var read && read > TimeSpan.Zero ? $", read and wrote for {Amounts.OfShare(read / time)}" : "";
            yield return $"While calls were open the workers ran the function for {Amounts.OfShare(Sum(report, worker => worker.Running) / time)} of their time{serializing}, "
                + $"and waited for {Amounts.OfShare(Sum(report, worker => worker.Waiting) / time)}.";
        }

        if (report.Items > 0)
        {
            var batches = report.Batches > 0 ? $", a batch held {Amounts.Digits(report.Items / (double)report.Batches)} and {Amounts.Of(report.LoopTime / report.Batches)} of work" : "";
            yield return $"An item took {Amounts.OfNanoseconds(ItemTime(report))}{batches}, on average.";
        }
    }

    private static IEnumerable<string> Advice(PoolReport report)
    {
        // Whoever asks for the strict loop looks for what cannot travel, not for speed.
        if (report.Items == 0 || InCalls(report) is not { } time || time == TimeSpan.Zero || report.Pool.StartsWith("serial", StringComparison.Ordinal))
            yield break;
        var travels = report.BytesSent > 0;
        var tooSmall = report.Speedup < Slower && ItemTime(report) < (travels ? SmallForProcesses : SmallForThreads).TotalNanoseconds;
        var starting = report.PerWorker.Max(worker => worker.Starting);
        if (tooSmall && report.Pool != "auto")
        {
            yield return $"Items of {Amounts.OfNanoseconds(ItemTime(report))} are too small for {(travels ? "processes" : "threads")}: use Pool.Auto(), which spreads only work for which that pays, "
                + "or let one item do more.";
        }

        if (starting / report.WallTime > MuchStarting)
            yield return $"Starting took the workers up to {Amounts.Of(starting)}: keep the pool open for all calls, and open it early.";

        // What else there is to see follows from their size.
        if (tooSmall)
            yield break;
        var serializing = Sum(report, worker => worker.Serializing + worker.PoolSerializing);
        if (serializing / time > MuchSerializing)
            yield return $"Reading and writing what travels took {Amounts.Of(serializing)}: send less with each item, or keep large arrays in a SharedArray<T>, which workers see in place.";
        if (Sum(report, worker => worker.Waiting) / time <= MuchWaiting || report.Workers == 1 || report.WallTime / report.Calls < LongCall)
            yield break;
        yield return report.Items / (double)report.Calls < ItemsForWorker * report.Workers
            ? $"Calls of {Amounts.Digits(report.Items / (double)report.Calls)} items leave workers without one, of {report.Workers}: give a call more items, smaller ones, or open fewer workers."
            : "Workers that wait have no items while others do, or wait for the input: leave MapOptions.Batch to the pool, put the longest items first, or take the input faster.";
    }

    private static IEnumerable<string> Incidents(PoolReport report)
    {
        if (report.WorkersLost > 0)
            yield return $"{Amounts.Of(report.WorkersLost, "worker")} died, and {Amounts.Of(report.ItemsRunAgain, "item")} ran again for it: see docs/why-did-my-worker-die.md.";
        if (report.WorkersRecycled > 0)
            yield return $"The pool ended and replaced {Amounts.Of(report.WorkersRecycled, "worker")}.";
        if (report.WorkersAbandoned > 0)
            yield return $"{Amounts.Of(report.WorkersAbandoned, "thread")} did not stop when told and were given up: let the function watch ItemContext.Cancel, or use Pool.Processes.";
        if (report.CallbackErrors > 0)
            yield return $"{Amounts.Of(report.CallbackErrors, "callback")} threw.";
    }

    private static bool IsLoop(PoolReport report) => report.Pool == "serial";

    // In nanoseconds: a TimeSpan counts hundreds of them.
    private static double ItemTime(PoolReport report) => report.LoopTime.TotalNanoseconds / report.Items;

    private static TimeSpan? InCalls(PoolReport report)
        => report.PerWorker.Count == 0 ? null : Sum(report, worker => worker.Running + worker.Serializing + worker.Waiting);

    private static TimeSpan Sum(PoolReport report, Func<WorkerReport, TimeSpan> time) => TimeSpan.FromTicks(report.PerWorker.Sum(worker => time(worker).Ticks));
}
