namespace Shoal.Tests.Reporting;

/// <summary>What a report says to people: reports made by hand.</summary>
public class ExplanationTests
{
    [Fact]
    public void A_pool_that_paid_says_by_how_much()
    {
        var report = Processes(wall: 100, Busy(running: 95, serializing: 1, waiting: 4), Busy(running: 93, serializing: 3, waiting: 4)) with { Items = 1_000, Batches = 50 };

        var text = report.Explain();

        text.ShouldStartWith("processes:2: 1 call, 1,000 items in 100 ms. The plain loop would have taken 188 ms: this was 1.88 times as fast.\n");
        text.ShouldContain("ran the function for 94 % of their time, read and wrote for 2 %, and waited for 4 %.");
        text.ShouldContain("An item took 188 µs, a batch held 20.0 and 3.76 ms of work, on average.");
        text.ShouldNotContain("Pool.Auto");
    }

    [Fact]
    public void A_pool_that_lost_says_so_and_what_to_use()
    {
        var report = Processes(wall: 142, Busy(running: 2.5, serializing: 1, waiting: 138), Busy(running: 2.5, serializing: 1, waiting: 138)) with { Items = 20_000, Batches = 10 };

        var text = report.Explain();

        text.ShouldContain("in 142 ms. The plain loop would have taken 5.00 ms: it would have won.");
        text.ShouldContain("Items of 250 ns are too small for processes: use Pool.Auto(), which spreads only work for which that pays, or let one item do more.");
    }

    [Fact]
    public void Auto_is_not_told_to_use_auto()
    {
        var report = Processes(wall: 2, Busy(running: 1)) with { Pool = "auto", BytesSent = 0, Items = 20_000 };

        report.Explain().ShouldContain("it would have won");
        report.Explain().ShouldNotContain("use Pool.Auto()");
    }

    [Fact]
    public void A_pool_as_fast_as_the_loop_is_not_said_to_have_lost()
        => (Processes(wall: 100, Busy(running: 98)) with { Items = 10 }).Explain().ShouldContain("The plain loop would have taken as long: 98.0 ms.");

    [Fact]
    public void A_start_that_was_much_of_the_time_is_told()
    {
        var report = Processes(wall: 120, Busy(running: 10, waiting: 10) with { Starting = TimeSpan.FromMilliseconds(95) }) with { Items = 10 };

        report.Explain().ShouldContain("Starting took the workers up to 95.0 ms: keep the pool open for all calls");
    }

    [Fact]
    public void Much_that_travels_is_told()
    {
        var report = Processes(wall: 100, Busy(running: 50, serializing: 40, waiting: 10) with { PoolSerializing = TimeSpan.FromMilliseconds(20) }) with { Items = 10 };

        report.Explain().ShouldContain("Reading and writing what travels took 60.0 ms: send less with each item, or keep large arrays in a SharedArray<T>");
    }

    [Fact]
    public void Calls_with_too_few_items_are_told()
        => (Processes(wall: 100, Busy(running: 100), Busy(waiting: 100)) with { Items = 1 }).Explain()
            .ShouldContain("Calls of 1.00 items leave workers without one, of 2: give a call more items");

    [Fact]
    public void Losses_are_told()
    {
        var report = Processes(wall: 100, Busy(running: 95) with { Lost = 2, Retries = 1, Recycles = 1 }) with
        {
            Items = 10,
            WorkersLost = 2,
            ItemsRunAgain = 1,
            WorkersRecycled = 1,
            WorkersAbandoned = 1,
            CallbackErrors = 3,
        };

        var text = report.Explain();

        text.ShouldContain("2 workers died, and 1 item ran again for it");
        text.ShouldContain("The pool ended and replaced 1 worker.");
        text.ShouldContain("1 thread did not stop when told");
        text.ShouldContain("3 callbacks threw.");
    }

    [Fact]
    public void The_table_has_a_line_for_each_worker_and_no_empty_columns()
    {
        var report = Processes(wall: 100, Busy(running: 95.4) with { Items = 1_234, BytesSent = 12_345 }, Busy(running: 1) with { ProcessId = null }) with { Items = 1_234 };

        var lines = report.Explain().Split('\n')[2..5];

        lines.ShouldBe(
        [
            "worker   pid  running  waiting  idle  items     sent",
            "     0  4121  95.4 ms        0     0  1,234  12.3 kB",
            "     1     -  1.00 ms        0     0      0        0",
        ]);
    }

    [Fact]
    public void Hosts_are_told_where_there_are_several()
        => Processes(wall: 1, Busy(), Busy() with { Host = "other" }).Explain().ShouldContain("other");

    [Fact]
    public void The_plain_loop_is_what_it_is()
    {
        var report = Processes(wall: 10, Busy(running: 10)) with { Pool = "serial", Workers = 1, Items = 10 };

        report.Explain().ShouldStartWith("serial: 1 call, 10 items in 10.0 ms. This is the plain loop.\n");
    }

    private static PoolReport Processes(double wall, params WorkerReport[] workers)
        => new()
        {
            Pool = $"processes:{workers.Length}",
            Workers = workers.Length,
            Calls = 1,
            BytesSent = 1_000,
            WallTime = TimeSpan.FromMilliseconds(wall),
            LoopTime = TimeSpan.FromTicks(workers.Sum(worker => worker.Running.Ticks)),
            PerWorker = [.. workers.Select((worker, number) => worker with { Worker = number })],
        };

    private static WorkerReport Busy(double running = 0, double serializing = 0, double waiting = 0)
        => new()
        {
            Worker = 0,
            ProcessId = 4121,
            Host = "here",
            Running = TimeSpan.FromMilliseconds(running),
            Serializing = TimeSpan.FromMilliseconds(serializing),
            Waiting = TimeSpan.FromMilliseconds(waiting),
        };
}
