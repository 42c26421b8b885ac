namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    private const int ItemMilliseconds = 5;

    [SkippableFact]
    public Task A_pool_without_a_call_reports_no_time_and_no_speed() => Within(() =>
    {
        using var pool = Open();

        var report = pool.Report;

        (report.Calls, report.Items, report.Batches, report.WallTime, report.LoopTime).ShouldBe((0, 0, 0, TimeSpan.Zero, TimeSpan.Zero));
        report.Speedup.ShouldBeNull();
        report.PerWorker.Count.ShouldBe(pool.Workers);
        pool.Explain().ShouldContain("no call yet");
    });

    [SkippableFact]
    public Task The_report_tells_what_the_loop_would_have_taken() => Within(() =>
    {
        using var pool = Open();

        pool.Map(Enumerable.Range(0, 12).ToArray(), SleepAWhile);

        var report = pool.Report;
        report.LoopTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(12 * ItemMilliseconds));
        report.WallTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(12 * ItemMilliseconds / (double)pool.Workers));
        report.Speedup.ShouldBe(report.LoopTime / report.WallTime);
        Total(report, worker => worker.Running).ShouldBe(report.LoopTime);
        (report.Calls, report.Items, report.PerWorker.Sum(worker => worker.Items)).ShouldBe((1, 12, 12));
        report.PerWorker.Sum(worker => worker.Batches).ShouldBe(report.Batches);
    });

    [SkippableFact]
    public Task Short_items_are_reported_too() => Within(() =>
    {
        using var pool = Open();
        var items = Enumerable.Range(0, 50_000).ToArray();
        string[] texts = [.. items.Select(x => $"item {x}")];

        pool.Map(items, x => x + 1);
        pool.Map(texts, text => text.Length);

        var report = pool.Report;
        report.Items.ShouldBe(100_000);
        report.LoopTime.ShouldBeGreaterThan(TimeSpan.Zero);
        // No worker can have run longer than calls were open.
        report.LoopTime.ShouldBeLessThanOrEqualTo(pool.Workers * report.WallTime);
        report.PerWorker.ShouldAllBe(worker => worker.Running >= TimeSpan.Zero && worker.Serializing >= TimeSpan.Zero && worker.Waiting >= TimeSpan.Zero && worker.Idle >= TimeSpan.Zero);
    });

    [SkippableFact]
    public Task Only_what_crosses_a_wire_is_serialized_and_counted() => Within(() =>
    {
        using var pool = Open();
        string[] texts = [.. Enumerable.Range(0, 200).Select(x => new string('x', 500))];

        pool.Map(texts, text => text + "y");

        var report = pool.Report;
        var crosses = !pool.Traits.InProcess;
        (report.BytesSent > 100_000).ShouldBe(crosses);
        (report.BytesReceived > 100_000).ShouldBe(crosses);
        report.PerWorker.Sum(worker => worker.BytesSent).ShouldBe(report.BytesSent);
        report.PerWorker.Sum(worker => worker.BytesReceived).ShouldBe(report.BytesReceived);
        (Total(report, worker => worker.PoolSerializing) > TimeSpan.Zero).ShouldBe(crosses);
        (Total(report, worker => worker.Serializing) > TimeSpan.Zero).ShouldBe(crosses || Spec == "serial:strict");
    });

    [SkippableFact]
    public Task Between_calls_workers_are_idle_and_neither_wait_nor_run() => Within(() =>
    {
        using var pool = Open();
        pool.Map(Enumerable.Range(0, 12).ToArray(), SleepAWhile);
        var first = pool.Report;

        PoolReport second;
        do
            second = pool.Report;
        while (Total(second, worker => worker.Idle) < TimeSpan.FromMilliseconds(30));

        (second.WallTime, second.LoopTime).ShouldBe((first.WallTime, first.LoopTime));
        Total(second, worker => worker.Waiting).ShouldBe(Total(first, worker => worker.Waiting));
    });

    [SkippableFact]
    public Task An_item_that_runs_is_part_of_the_report_while_it_runs() => Within(() =>
    {
        using var pool = Open();
        using var gate = new Gate();
        var path = gate.Path;

        var call = pool.ApplyAsync(x => WaitForFile(path, x), 1);
        while (pool.Report.LoopTime < TimeSpan.FromMilliseconds(50))
            call.IsCompleted.ShouldBeFalse();
        gate.Open();

        call.Wait(Limit).ShouldBe(1);
    });

    [SkippableFact]
    public Task Of_a_stream_counts_the_time_in_which_its_reader_waits() => Within(() =>
    {
        using var pool = Open();
        using var results = pool.Stream(Enumerable.Range(0, 4).ToArray(), SleepAWhile, new() { Batch = 1 }).GetEnumerator();
        results.MoveNext().ShouldBeTrue();
        var first = pool.Report;

        // The reader does something else, until that has lasted for a while.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 30)
            pool.Report.WallTime.ShouldBe(first.WallTime);

        while (results.MoveNext())
        {
        }

        var report = pool.Report;
        (report.Calls, report.Items).ShouldBe((1, 4));
        report.LoopTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(4 * ItemMilliseconds));
    });

    [SkippableFact]
    public Task A_worker_that_dies_is_counted_in_its_place() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash ends the program");
        using var pool = Open();
        using var died = new Gate();
        var path = died.Path;

        pool.Map(Enumerable.Range(0, 8).ToArray(), x => DieOnce(path, x)).ShouldBe(Enumerable.Range(0, 8));

        var report = pool.Report;
        (report.WorkersLost, report.ItemsRunAgain).ShouldBe((1, 1));
        report.PerWorker.Sum(worker => worker.Lost).ShouldBe(1);
        report.PerWorker.Single(worker => worker.Lost == 1).Retries.ShouldBe(1);
        report.PerWorker.Select(worker => worker.ProcessId).ShouldNotContain(Environment.ProcessId);
        pool.Explain().ShouldContain("1 worker died, and 1 item ran again");
    });

    [SkippableFact]
    public Task The_report_stands_still_when_the_pool_is_disposed() => Within(() =>
    {
        var pool = Open();
        pool.Map([1, 2, 3], SleepAWhile);
        pool.Dispose();
        var first = pool.Report;

        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 10)
            pool.Report.PerWorker.ShouldBe(first.PerWorker);

        pool.Report.LoopTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(3 * ItemMilliseconds));
    });

    [SkippableFact]
    public Task Every_pool_explains_itself() => Within(() =>
    {
        using var pool = Open();
        pool.Map(Enumerable.Range(0, 12).ToArray(), SleepAWhile);

        var text = pool.Explain();

        text.ShouldStartWith($"{pool.Spec}: 1 call, 12 items in ");
        text.ShouldContain("plain loop");
        text.Split('\n').Count(line => line.TrimStart().StartsWith("worker ", StringComparison.Ordinal)).ShouldBe(1);
        text.ShouldContain("An item took");
    });

    private static TimeSpan Total(PoolReport report, Func<WorkerReport, TimeSpan> time) => TimeSpan.FromTicks(report.PerWorker.Sum(worker => time(worker).Ticks));

    private static int SleepAWhile(int item)
    {
        // A sleep may end a little early: the report must not depend on that.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
            Thread.Sleep(1);
        while (clock.Elapsed < TimeSpan.FromMilliseconds(ItemMilliseconds));
        return item;
    }

    private static int WaitForFile(string path, int item)
    {
        while (!File.Exists(path))
            Thread.Sleep(5);
        return item;
    }

    private static int DieOnce(string path, int item)
    {
        if (item != 3 || File.Exists(path))
            return item;
        File.WriteAllText(path, "died");
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        return WaitForFile(path + ".never", item);
    }
}
