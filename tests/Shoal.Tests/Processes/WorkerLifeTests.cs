namespace Shoal.Tests.Processes;

/// <summary>Worker processes that come and go while their pool is open.</summary>
public class WorkerLifeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static HashSet<int> ProcessesOf(Pool pool)
    {
        // A barrier: each worker takes one.
        using SharedBarrier barrier = new(pool.Workers);
        return [.. pool.Map(Enumerable.Range(0, pool.Workers), _ =>
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(40));
            return Environment.ProcessId;
        }, new() { Batch = 1 })];
    }

    [Fact(Timeout = 60_000)]
    public async Task Surplus_workers_end_and_the_others_stay()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(4);
        HashSet<int> four = ProcessesOf(pool);
        four.Count.ShouldBe(4);

        pool.Resize(2);

        SpinWait.SpinUntil(() => four.Count(TestBackend.IsAlive) == 2, Limit).ShouldBeTrue();
        HashSet<int> two = ProcessesOf(pool);
        two.IsProperSubsetOf(four).ShouldBeTrue("a worker that might have stayed was replaced");
        pool.Resize(3);
        ProcessesOf(pool).IsProperSupersetOf(two).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_surplus_worker_ends_when_it_has_finished_its_batch()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(2);
        using SharedBarrier both = new(3);
        using SharedEvent gate = new();
        PoolTask<int[]> call = pool.MapAsync([1, 2], _ =>
        {
            both.SignalAndWait(TimeSpan.FromSeconds(40));
            gate.Wait(TimeSpan.FromSeconds(40));
            return Environment.ProcessId;
        }, new() { Batch = 1 });
        both.SignalAndWait(TimeSpan.FromSeconds(40));

        pool.Resize(1);
        gate.Set();

        var processes = call.Wait(Limit);
        SpinWait.SpinUntil(() => processes.Count(TestBackend.IsAlive) == 1, Limit).ShouldBeTrue();
        (pool.Report.WorkersLost, pool.Report.ItemsRunAgain).ShouldBe((0, 0));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "35")]
    public async Task Idle_processes_are_gone_after_their_timeout()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = 2, IdleTimeout = TimeSpan.FromMilliseconds(300) });
        int[] processes = [.. pool.Map(Enumerable.Range(0, 10), _ => Environment.ProcessId).Distinct()];

        foreach (var process in processes)
            TestBackend.WaitUntilGone(process, Limit).ShouldBeTrue();

        processes.ShouldNotContain(pool.Apply(() => Environment.ProcessId));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "34")]
    public async Task A_second_call_finds_the_same_workers()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(2), other = Pool.Processes(new PoolOptions { Workers = 2, Initializer = static () => { } });
        HashSet<int> first = ProcessesOf(pool);

        ProcessesOf(pool).ShouldBe(first, ignoreOrder: true);
        ProcessesOf(other).Overlaps(first).ShouldBeFalse("pools with other options have workers of their own");
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "36")]
    public async Task The_initializer_runs_once_in_each_worker_also_in_replacements()
    {
        await Task.Yield();
        var folder = Directory.CreateTempSubdirectory("shoal-init-").FullName;
        try
        {
            int[] processes;
            long started;
            // A second run in the same process would find the file, throw, and break the pool.
            using (Pool pool = Pool.Processes(new PoolOptions { Workers = 2, TasksPerWorker = 2, Initializer = () => File.Open(Path.Combine(folder, $"{Environment.ProcessId}"), FileMode.CreateNew).Dispose() }))
            {
                processes = pool.Map(Enumerable.Range(0, 10), _ => File.Exists(Path.Combine(folder, $"{Environment.ProcessId}")) ? Environment.ProcessId : 0);
                pool.Close();
                pool.Join(Limit).ShouldBeTrue();
                started = pool.Report.WorkersStarted;
            }

            processes.ShouldNotContain(0, "an item ran before the initializer");
            processes.Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
            Directory.GetFiles(folder).Length.ShouldBeGreaterThanOrEqualTo((int)started);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_takes_long_to_end_does_not_hold_up_its_replacement()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = 1, TasksPerWorker = 1, Grace = TimeSpan.FromMinutes(5) });
        using SharedEvent gate = new();

        // Its exit handler waits for what only a later item does.
        var results = pool.Map([0, 1, 2], x =>
        {
            if (x == 0)
                AppDomain.CurrentDomain.ProcessExit += (_, _) => gate.Wait(TimeSpan.FromMinutes(2));
            if (x == 2)
                gate.Set();
            return x + 1;
        });

        results.ShouldBe([1, 2, 3]);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "26")]
    public async Task No_process_remains_when_a_pool_was_disposed()
    {
        await Task.Yield();
        Pool pool = Pool.Processes(new PoolOptions { Workers = 2, TasksPerWorker = 3 });
        int[] processes = [.. pool.Map(Enumerable.Range(0, 12), _ => Environment.ProcessId).Distinct()];

        pool.Dispose();

        processes.ShouldAllBe(process => !TestBackend.IsAlive(process));
    }
}
