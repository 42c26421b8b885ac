using System.Diagnostics;
using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>The lock: who is inside, how long others wait, and what becomes of it when its holder dies.</summary>
public class SharedLockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void It_is_held_until_the_scope_ends()
    {
        using var guard = new SharedLock();

        using (guard.EnterScope())
            Elsewhere(() => guard.TryEnter(TimeSpan.Zero)).ShouldBeFalse();

        Elsewhere(() =>
        {
            var entered = guard.TryEnter(TimeSpan.Zero);
            guard.Exit();
            return entered;
        }).ShouldBeTrue();
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void Waiting_ends_with_the_time()
    {
        using var guard = new SharedLock();
        using (guard.EnterScope())
        {
            var start = Stopwatch.GetTimestamp();
            Elsewhere(() => guard.TryEnter(TimeSpan.FromMilliseconds(250))).ShouldBeFalse();
            Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(240));

            Elsewhere(() => Should.Throw<TimeoutException>(() => guard.EnterScope(TimeSpan.FromMilliseconds(1)).Dispose()).Message).ShouldContain("was held by others for 00:00:00.0010000");
            using var cancel = new CancellationTokenSource(50);
            Elsewhere(() => Should.Throw<OperationCanceledException>(() => guard.TryEnter(Limit, cancel.Token)).Message).ShouldNotBeEmpty();
        }

        Should.Throw<ArgumentOutOfRangeException>(() => guard.TryEnter(TimeSpan.FromSeconds(-2)));
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void Misuse_is_told()
    {
        using var guard = new SharedLock();

        Should.Throw<SynchronizationLockException>(() => guard.Exit());
        guard.TryEnter(TimeSpan.Zero).ShouldBeTrue();
        Should.Throw<LockRecursionException>(() => guard.TryEnter(Limit));
        Elsewhere(() => Should.Throw<SynchronizationLockException>(() => guard.Exit()).Message).ShouldContain("does not hold the lock");
        guard.Exit();
        Should.Throw<SynchronizationLockException>(() => guard.Exit());
    }

    [Fact]
    public void Many_threads_pass_one_by_one()
    {
        using var guard = new SharedLock();
        var (inside, count) = (0, 0);

        var threads = Enumerable.Range(0, 6).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                using (guard.EnterScope())
                {
                    Interlocked.Increment(ref inside).ShouldBe(1);
                    count++;
                    Interlocked.Decrement(ref inside);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());

        threads.ShouldAllBe(thread => thread.Join(Limit));
        count.ShouldBe(12_000);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "46")]
    public async Task The_death_of_a_holder_is_told_to_one_and_the_lock_goes_on()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var guard = new SharedLock();
        using var child = ChildProcess.Start(HoldForEver, guard, gate.Path);
        gate.WaitForArrival();
        guard.TryEnter(TimeSpan.FromMilliseconds(150)).ShouldBeFalse();

        child.Kill();
        child.Join(Limit).ShouldBeTrue();

        Should.Throw<SharedLockAbandonedException>(() => guard.TryEnter(Limit)).Message.ShouldContain("half changed");
        using (guard.EnterScope(Limit))
            Elsewhere(() => guard.TryEnter(TimeSpan.Zero)).ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_asks_gets_the_lock_of_the_dead_to_repair_what_it_guards()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var guard = new SharedLock();
        using var child = ChildProcess.Start(HoldForEver, guard, gate.Path);
        gate.WaitForArrival();
        var waiter = Task.Factory.StartNew(
            () =>
            {
                var entered = guard.TryEnter(Limit, out var wasAbandoned);
                guard.Exit();
                return (entered, wasAbandoned);
            },
            TaskCreationOptions.LongRunning);

        child.Kill();

        (await waiter).ShouldBe((true, true));
        guard.TryEnter(Limit, out var abandoned).ShouldBeTrue();
        abandoned.ShouldBeFalse();
        guard.Exit();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_worker_does_not_hold_up_its_pool()
    {
        await Task.Yield();
        using var pool = Pool.Processes(2);
        using var guard = new SharedLock();
        using var counter = new SharedCounter();

        var results = pool.Map(Enumerable.Range(0, 40), i =>
        {
            guard.TryEnter(Limit, out _);
            if (i == 7 && counter.Increment() == 1)
                _ = Processes.Kill();
            guard.Exit();
            return i;
        });

        results.ShouldBe(Enumerable.Range(0, 40));
        counter.Value.ShouldBe(2);
    }

    private static void HoldForEver(SharedLock guard, string path)
    {
        guard.TryEnter(Limit).ShouldBeTrue();
        Gate.Pass(path);
    }

    // The lock belongs to a thread.
    private static T Elsewhere<T>(Func<T> function) => Task.Factory.StartNew(function, TaskCreationOptions.LongRunning).WaitAsync(Limit).GetAwaiter().GetResult();

    private static class Processes
    {
        public static int Kill() => Shoal.Processes.Posix.Kill(Environment.ProcessId, 9);
    }
}
