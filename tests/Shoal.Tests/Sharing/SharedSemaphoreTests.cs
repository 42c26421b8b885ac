using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>Permits, and what becomes of those of a dead process.</summary>
public class SharedSemaphoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void There_are_as_many_permits_as_said()
    {
        using var semaphore = new SharedSemaphore(3);

        semaphore.Permits.ShouldBe(3);
        for (var free = 3; free > 0; free--)
        {
            semaphore.FreePermits.ShouldBe(free);
            semaphore.Wait();
        }

        semaphore.TryWait(TimeSpan.Zero).ShouldBeFalse();
        Should.Throw<TimeoutException>(() => semaphore.Wait(TimeSpan.FromMilliseconds(20))).Message.ShouldContain("None of the 3 permits");
        semaphore.Release();
        semaphore.TryWait(TimeSpan.Zero).ShouldBeTrue();
    }

    [Fact]
    public void Misuse_is_told()
    {
        using var semaphore = new SharedSemaphore(1);

        Should.Throw<ArgumentOutOfRangeException>(() => new SharedSemaphore(0));
        Should.Throw<InvalidOperationException>(() => semaphore.Release()).Message.ShouldContain("holds no permit");
        semaphore.Wait();
        semaphore.Release();
        Should.Throw<InvalidOperationException>(() => semaphore.Release());
        semaphore.FreePermits.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_release_lets_one_go_on_who_waits()
    {
        using var semaphore = new SharedSemaphore(1);
        semaphore.Wait();
        var waiter = Task.Factory.StartNew(() => semaphore.TryWait(Limit), TaskCreationOptions.LongRunning);

        await Should.ThrowAsync<TimeoutException>(() => waiter.WaitAsync(TimeSpan.FromMilliseconds(150)));
        semaphore.Release();

        (await waiter).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    [Trait("Behaviour", "46")]
    public async Task No_more_workers_are_inside_than_there_are_permits()
    {
        await Task.Yield();
        using var pool = Pool.Processes(4);
        using var semaphore = new SharedSemaphore(2);
        using var inside = new SharedCounter();

        var seen = pool.Map(Enumerable.Range(0, 100), _ =>
        {
            semaphore.Wait(Limit);
            var now = inside.Increment();
            Thread.SpinWait(20_000);
            inside.Decrement();
            semaphore.Release();
            return now;
        });

        seen.ShouldAllBe(now => now == 1 || now == 2);
        semaphore.FreePermits.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "46")]
    public async Task The_permits_of_a_dead_process_are_given_back()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var semaphore = new SharedSemaphore(2);
        using var child = ChildProcess.Start(TakeBoth, semaphore, gate.Path);
        gate.WaitForArrival();
        semaphore.TryWait(TimeSpan.FromMilliseconds(150)).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => semaphore.Release());

        child.Kill();

        semaphore.TryWait(Limit).ShouldBeTrue();
        semaphore.FreePermits.ShouldBe(1);
    }

    private static void TakeBoth(SharedSemaphore semaphore, string path)
    {
        semaphore.Wait(Limit);
        semaphore.Wait(Limit);
        Gate.Pass(path);
    }
}
