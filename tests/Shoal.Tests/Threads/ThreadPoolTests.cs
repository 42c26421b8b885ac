namespace Shoal.Tests.Threads;

public class ThreadPoolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_caller_works_and_counts_as_one_of_the_workers()
    {
        using var pool = Pool.Threads(2);
        using var barrier = new Barrier(2);

        var threads = pool.Map(Enumerable.Range(0, 2).ToArray(), _ =>
        {
            barrier.SignalAndWait(Limit).ShouldBeTrue("two items do not run at once");
            return Environment.CurrentManagedThreadId;
        }, new() { Batch = 1 });

        threads.Distinct().Count().ShouldBe(2);
        threads.ShouldContain(Environment.CurrentManagedThreadId);
    }

    [Fact]
    [Trait("Behaviour", "38")]
    public async Task All_workers_run_at_once_also_when_nobody_waits()
    {
        using var pool = Pool.Threads(6);
        using var barrier = new Barrier(6);

        var reached = await pool.MapAsync(Enumerable.Range(0, 6).ToArray(), _ => barrier.SignalAndWait(Limit), new() { Batch = 1 }).AsTask().WaitAsync(Limit);

        reached.ShouldAllBe(all => all);
    }

    [Fact]
    public void A_thread_that_does_not_stop_is_given_up_and_replaced()
    {
        using var release = new ManualResetEventSlim();
        using var pool = Pool.Threads(new PoolOptions { Workers = 1, Grace = TimeSpan.FromMilliseconds(50) });
        using var runs = new ManualResetEventSlim();
        var call = pool.ApplyAsync(x =>
        {
            runs.Set();
            release.Wait();
            return x;
        }, 1);
        runs.Wait(Limit).ShouldBeTrue();

        call.Cancel();

        Should.Throw<OperationCanceledException>(() => call.Wait(Limit));
        pool.ApplyAsync(x => x, 2).Wait(Limit).ShouldBe(2);
        pool.Apply(x => x, 3).ShouldBe(3);
        pool.Report.WorkersAbandoned.ShouldBe(1);
        release.Set();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_thread_whose_item_outlasts_time_and_grace_is_given_up_and_the_call_fails(int batch)
    {
        using var release = new ManualResetEventSlim();
        using var pool = Pool.Threads(new PoolOptions { Workers = 2, Grace = TimeSpan.FromMilliseconds(50) });

        var error = Should.Throw<TimeoutException>(() => pool.Map(Enumerable.Range(0, 9).ToArray(), x =>
        {
            if (x == 4)
                release.Wait();
            return x;
        }, new() { Timeout = TimeSpan.FromMilliseconds(500), Batch = batch }));

        error.Message.ShouldStartWith("Item 4 ran longer than MapOptions.Timeout allows (00:00:00.5000000). It did not stop within the grace of 00:00:00.0500000 either, and its thread was given up");
        pool.Report.WorkersAbandoned.ShouldBe(1);
        pool.Map([1, 2, 3], x => x).ShouldBe([1, 2, 3]);
        release.Set();
    }

    [Fact]
    public void Too_many_threads_given_up_break_the_pool_with_advice()
    {
        using var release = new ManualResetEventSlim();
        using var pool = Pool.Threads(new PoolOptions { Workers = 1, Grace = TimeSpan.FromMilliseconds(1) });
        Exception? broken = null;

        for (var i = 0; i < 20 && broken is not ShoalException; i++)
        {
            using var runs = new ManualResetEventSlim();
            var call = pool.ApplyAsync(x =>
            {
                runs.Set();
                release.Wait();
                return x;
            }, 1);
            SpinWait.SpinUntil(() => runs.IsSet || call.IsCompleted, Limit).ShouldBeTrue();
            call.Cancel();
            broken = Should.Throw<Exception>(() => call.Wait(Limit));
        }

        broken.ShouldBeOfType<ShoalException>().Message.ShouldContain("use Pool.Processes");
        release.Set();
    }

    [Fact]
    public void A_failing_call_waits_for_items_that_still_run()
    {
        using var pool = Pool.Threads(2);
        using var runs = new ManualResetEventSlim();
        var stopped = false;

        Should.Throw<FormatException>(() => pool.Map([0, 1], (x, context) =>
        {
            if (x == 0)
            {
                runs.Wait(Limit);
                throw new FormatException();
            }

            runs.Set();
            context.Cancel.WaitHandle.WaitOne(Limit);
            stopped = true;
            return x;
        }, new() { Batch = 1 }));

        stopped.ShouldBeTrue("the item used the caller's memory after the verb had returned");
    }

    [Fact]
    public void Auto_runs_small_work_on_the_caller_and_spreads_long_work()
    {
        using var pool = Pool.Auto();
        var caller = Environment.CurrentManagedThreadId;

        // A machine that is busy may hold up any one call for longer than a probe takes, but not all of them.
        SpinWait.SpinUntil(() => pool.Map([1, 2, 3], _ => Environment.CurrentManagedThreadId).All(thread => thread == caller), Limit).ShouldBeTrue();
        if (pool.Workers > 1)
        {
            pool.Map(Enumerable.Range(0, 20).ToArray(), _ =>
            {
                Thread.Sleep(20);
                return Environment.CurrentManagedThreadId;
            }).Distinct().Count().ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public async Task Awaited_functions_do_not_wait_for_the_callers_context()
    {
        using var pool = Pool.Threads(1);
        var context = new NeverContext();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            pool.Map([1], async x =>
            {
                await Task.Yield();
                return x;
            }).ShouldBe([1]);
            SynchronizationContext.Current.ShouldBe(context);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }

        await Task.CompletedTask;
    }

    private sealed class NeverContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pool_that_shrank_runs_no_more_at_once_than_it_has_workers()
    {
        await Task.Yield();
        using var pool = Pool.Threads(4);
        pool.MapAsync(Enumerable.Range(0, 100), x => x, new() { Batch = 1 }).Wait();
        int now = 0, most = 0;

        pool.Resize(2);
        pool.MapAsync(
            Enumerable.Range(0, 200),
            x =>
            {
                var running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                Thread.SpinWait(20_000);
                Interlocked.Decrement(ref now);
                return x;
            },
            new() { Batch = 1 }).Wait();

        most.ShouldBeInRange(1, 2);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
