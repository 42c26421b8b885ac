namespace Shoal.Tests.Contract;

/// <content>How many workers there are, and how long they stay.</content>
public abstract partial class PoolContract
{
    private const string NotReplaced = "workers of the program itself are not replaced";
    private const string NotResized = "a plain loop has one worker, its caller";

    [SkippableTheory]
    [Trait("Behaviour", "23")]
    [InlineData(0)]
    [InlineData(-1)]
    public void Tasks_per_worker_below_one_are_rejected(int tasks)
        => Should.Throw<ArgumentException>(() => Open(new PoolOptions { TasksPerWorker = tasks })).Message.ShouldContain($"TasksPerWorker must be 1 or more (was {tasks})");

    [SkippableFact]
    [Trait("Behaviour", "23")]
    [Trait("Only", "processes")]
    public Task Workers_are_replaced_after_so_many_tasks() => Within(() =>
    {
        SkipUnless(traits => !traits.InProcess, NotReplaced);
        using var pool = Open(new PoolOptions { TasksPerWorker = 10 });
        pool.Resize(3);

        var results = pool.Map(Enumerable.Range(0, 100), x => (Square: x * x, Environment.ProcessId));

        results.Select(result => result.Square).ShouldBe(Loop(Enumerable.Range(0, 100), x => x * x));
        var tasks = results.CountBy(result => result.ProcessId).Select(worker => worker.Value).ToArray();
        tasks.ShouldAllBe(count => count <= 10);
        tasks.Length.ShouldBeGreaterThanOrEqualTo(10);
        var report = pool.Report;
        report.WorkersRecycled.ShouldBeGreaterThanOrEqualTo(tasks.Count(count => count == 10) - 3);
        (report.WorkersLost, report.ItemsRunAgain).ShouldBe((0, 0));
    });

    [SkippableFact]
    [Trait("Behaviour", "23")]
    [Trait("Only", "processes")]
    public Task A_pool_that_is_closed_replaces_workers_until_its_work_is_done() => Within(() =>
    {
        SkipUnless(traits => !traits.InProcess, NotReplaced);
        using var pool = Open(new PoolOptions { TasksPerWorker = 1 });

        var call = pool.MapAsync(Enumerable.Range(0, 8), x => (Next: x + 1, Environment.ProcessId), new() { Batch = 4 });
        pool.Close();
        pool.Join(Limit).ShouldBeTrue();

        var results = call.Wait(Limit);
        results.Select(result => result.Next).ShouldBe(Loop(Enumerable.Range(0, 8), x => x + 1));
        results.Select(result => result.ProcessId).ShouldBeUnique();
    });

    [SkippableFact]
    [Trait("Behaviour", "23")]
    [Trait("Only", "processes")]
    public Task One_worker_is_replaced_as_often_as_its_queue_needs() => Within(() =>
    {
        SkipUnless(traits => !traits.InProcess, NotReplaced);
        using var pool = Open(new PoolOptions { TasksPerWorker = 2 });
        pool.Resize(1);

        var calls = Enumerable.Range(0, 10).Select(n => pool.ApplyAsync(x => x * x, n)).ToArray();

        calls.Select(call => call.Wait(Limit)).ShouldBe(Loop(Enumerable.Range(0, 10), x => x * x));
    });

    [SkippableFact]
    public Task Tasks_per_worker_are_refused_where_workers_cannot_be_replaced() => Within(() =>
    {
        SkipUnless(traits => traits.InProcess, "worker processes can");

        var refused = Should.Throw<ArgumentException>(() => Open(new PoolOptions { TasksPerWorker = 5, Environment = new Dictionary<string, string?>() }));

        refused.Message.ShouldContain("TasksPerWorker cannot be kept by '");
        refused.Message.ShouldContain("Environment cannot be kept by '", Case.Sensitive, "every problem is listed");
    });

    [SkippableFact]
    [Trait("Behaviour", "35")]
    [Trait("Only", "auto"), Trait("Only", "threads"), Trait("Only", "processes")]
    public Task Idle_workers_leave_and_the_next_call_brings_fresh_ones() => Within(() =>
    {
        SkipUnless(traits => traits.CanResize, NotResized);
        using var pool = Open(new PoolOptions { IdleTimeout = TimeSpan.FromMilliseconds(50) });
        var mine = new WorkerLocal<Guid>(Guid.NewGuid);
        var before = pool.MapAsync(Enumerable.Range(0, 20), x => mine.Value).Wait().ToHashSet();

        Guid[] after = [];
        // A busy machine may be late: each time it has longer.
        for (var wait = 200; wait < 20_000; wait *= 2)
        {
            Thread.Sleep(wait);
            after = pool.MapAsync(Enumerable.Range(0, 20), x => mine.Value).Wait();
            if (!before.Overlaps(after))
                break;
        }

        before.Overlaps(after).ShouldBeFalse("a worker that was idle is still there");
        pool.Report.WorkersLost.ShouldBe(0);
    });

    [SkippableFact]
    [Trait("Behaviour", "35")]
    public Task What_travels_slowly_is_not_lost_to_a_tiny_idle_timeout() => Within(() =>
    {
        using var pool = Open(new PoolOptions { IdleTimeout = TimeSpan.FromMilliseconds(1) });
        var items = Enumerable.Range(0, 4).Select(n => Enumerable.Range(0, 50_000).Select(i => $"{n} {i}").ToList()).ToArray();

        for (var round = 0; round < 5; round++)
        {
            pool.Map(items, list => list.Count + list[^1].Length).ShouldBe(Loop(items, list => list.Count + list[^1].Length));
            pool.Apply(x => x + 1, round).ShouldBe(round + 1);
        }
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_idle_timeout_of_nothing_is_rejected(int seconds)
        => Should.Throw<ArgumentException>(() => Open(new PoolOptions { IdleTimeout = TimeSpan.FromSeconds(seconds) })).Message.ShouldContain("IdleTimeout must be more than 0");

    [SkippableFact]
    [Trait("Behaviour", "22")]
    [Trait("Only", "auto"), Trait("Only", "threads"), Trait("Only", "processes")]
    public Task A_pool_is_resized_and_says_so() => Within(() =>
    {
        SkipUnless(traits => traits.CanResize, NotResized);
        using var pool = Open();

        foreach (var workers in new[] { 5, 2, 1, 3 })
        {
            pool.Resize(workers);
            pool.Workers.ShouldBe(workers);
            pool.Report.Workers.ShouldBe(workers);
            if (Spec != "auto")
                pool.Spec.ShouldBe($"{Spec.Split(':')[0]}:{workers}");
            pool.Map(Enumerable.Range(0, 50), x => x * x).ShouldBe(Loop(Enumerable.Range(0, 50), x => x * x));
        }

        foreach (var workers in new[] { 0, -1 })
            Should.Throw<ArgumentException>(() => pool.Resize(workers)).Message.ShouldContain($"cannot have {workers} workers");
        pool.Workers.ShouldBe(3);
    });

    [SkippableFact]
    [Trait("Behaviour", "38")]
    [Trait("Only", "auto"), Trait("Only", "threads"), Trait("Only", "processes")]
    public Task More_workers_than_cores_run_their_tasks_all_at_once() => Within(() =>
    {
        SkipUnless(traits => traits.CanResize, NotResized);
        var tasks = 2 * Environment.ProcessorCount + 2;
        using var pool = Open();
        using var barrier = new SharedBarrier(tasks);
        pool.Resize(tasks);

        var met = pool.Map(Enumerable.Range(0, tasks), x =>
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(40));
            return x;
        }, new() { Batch = 1 });

        met.ShouldBe(Enumerable.Range(0, tasks));
    });

    [SkippableFact]
    [Trait("Behaviour", "38")]
    [Trait("Only", "auto"), Trait("Only", "threads")]
    public Task Two_hundred_workers_add_squares() => Within(() =>
    {
        SkipUnless(traits => traits is { CanResize: true, InProcess: true }, "of processes see LargePoolTests");
        using var pool = Open();
        pool.Resize(200);

        pool.Map(Enumerable.Range(0, 1000), x => (long)x * x).Sum().ShouldBe(332_833_500);
        pool.MapAsync(Enumerable.Range(0, 1000), x => (long)x * x, new() { Batch = 1 }).Wait().Sum().ShouldBe(332_833_500);
    });

    [SkippableFact]
    [Trait("Category", "Slow")]
    public Task Results_are_the_same_while_the_pool_is_resized() => Within(() =>
    {
        SkipUnless(traits => traits.CanResize, NotResized);
        using var pool = Open();
        using var end = new CancellationTokenSource();
        var resizing = Task.Factory.StartNew(() =>
        {
            for (var n = 0; !end.IsCancellationRequested; n++)
            {
                pool.Resize(1 + n * 7 % 5);
                end.Token.WaitHandle.WaitOne(5);
            }
        }, TaskCreationOptions.LongRunning);

        for (var round = 0; round < 5; round++)
        {
            pool.Map(Enumerable.Range(0, 3_000), x => Spun(x)).ShouldBe(Loop(Enumerable.Range(0, 3_000), x => Spun(x)));
            pool.Stream(Enumerable.Range(0, 500), x => x + 1).ToArray().ShouldBe(Loop(Enumerable.Range(0, 500), x => x + 1));
        }

        end.Cancel();
        resizing.Wait(Limit).ShouldBeTrue();
        (pool.Report.WorkersLost, pool.Report.ItemsRunAgain).ShouldBe((0, 0));
    });

    [SkippableFact]
    [Trait("Behaviour", "25")]
    public Task A_pool_that_ended_is_not_resized() => Within(() =>
    {
        var (closed, terminated, disposed) = (Open(), Open(), Open());
        closed.Close();
        terminated.Terminate();
        disposed.Dispose();

        Should.Throw<InvalidOperationException>(() => closed.Resize(2)).Message.ShouldContain("closed");
        Should.Throw<InvalidOperationException>(() => terminated.Resize(2)).Message.ShouldContain("closed");
        Should.Throw<ObjectDisposedException>(() => disposed.Resize(2));
        closed.Dispose();
        terminated.Dispose();
    });

    [SkippableFact]
    public Task Inside_an_item_a_pool_of_its_own_takes_the_number_and_stays_a_loop() => Within(() =>
    {
        using var pool = Open();

        pool.Map([1, 2], x =>
        {
            using var inner = Pool.Threads(2);
            inner.Resize(3);
            return inner.Map([x, x], y => y + inner.Workers).Sum();
        }).ShouldBe([8, 10]);
    });

    private static int Spun(int x)
    {
        Thread.SpinWait(2_000);
        return x * x;
    }
}
