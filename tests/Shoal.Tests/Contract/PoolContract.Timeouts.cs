using System.Diagnostics;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(null)]
    [InlineData(8)]
    [Trait("Category", "Slow")]
    public Task An_item_that_listens_ends_by_its_token_and_fails_at_its_place(int? batch) => Within(() =>
    {
        using var pool = Open();

        foreach (var items in new[] { Enumerable.Range(0, 8).ToArray(), Enumerable.Range(0, 8).Where(x => x >= 0) })
        {
            var error = Should.Throw<TimeoutException>(() => pool.Map(
                items, (x, context) => x < 3 ? x : WaitForCancel(x, context), new() { Timeout = TimeSpan.FromSeconds(2), Batch = batch }));
            error.Message.ShouldStartWith("Item 3 ran longer than MapOptions.Timeout allows (00:00:02).");
            error.InnerException.ShouldBeAssignableTo<OperationCanceledException>();
        }

        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
        pool.Report.WorkersLost.ShouldBe(0);
        pool.Report.WorkersAbandoned.ShouldBe(0);
    });

    [SkippableFact]
    [Trait("Category", "Slow")]
    public Task An_item_that_comes_back_too_late_fails_whatever_it_returns() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<TimeoutException>(() => pool.Map([0, 1, 2], x =>
        {
            if (x > 0)
                Thread.Sleep(2300);
            return x;
        }, new() { Timeout = TimeSpan.FromSeconds(2), Batch = 3 })).Message.ShouldStartWith("Item 1 ");
        Should.Throw<TimeoutException>(() => pool.MapAsync([0, 1, 2], async x =>
        {
            await Task.Delay(x * 2300);
            return x > 0 ? throw new FormatException("late") : x;
        }, new() { Timeout = TimeSpan.FromSeconds(2), Retries = 5 }).Wait()).InnerException.ShouldBeOfType<FormatException>();
    });

    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(50)]
    [Trait("Behaviour", "21")]
    [Trait("Category", "Slow")]
    public Task Items_that_are_quick_enough_do_not_time_out(int? batch) => Within(() =>
    {
        using var pool = Open();
        var items = Enumerable.Range(0, 2000).ToArray();

        // Together they take longer than one may.
        pool.Map(items, x =>
        {
            if (x % 100 == 0)
                Thread.Sleep(20);
            return x;
        }, new() { Timeout = TimeSpan.FromSeconds(20), Batch = batch }).ShouldBe(items);
        pool.Map(items.Take(30).ToArray(), (x, context) =>
        {
            Thread.Sleep(100);
            return context.Attempt;
        }, new() { Timeout = TimeSpan.FromSeconds(2.5), Batch = batch }).ShouldAllBe(attempt => attempt == 0);
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    public Task An_item_that_never_stops_is_ended_after_the_grace_and_hurts_nobody_else() => Within(() =>
    {
        SkipUnless(traits => traits.CanKill, "a thread cannot be killed");
        using var pool = Open(new PoolOptions { Grace = TimeSpan.FromMilliseconds(100) });
        pool.Map([1, 2, 3, 4], x => x);
        var innocent = pool.MapAsync(Enumerable.Range(0, 40).ToArray(), x =>
        {
            Thread.Sleep(20);
            return x;
        });

        var start = Stopwatch.GetTimestamp();
        var error = Should.Throw<TimeoutException>(() => pool.Map(Enumerable.Range(0, 8).ToArray(), x =>
        {
            if (x == 2)
                Thread.Sleep(600_000);
            return x;
        }, new() { Timeout = TimeSpan.FromSeconds(2), Batch = 8 }));

        Stopwatch.GetElapsedTime(start).ShouldBeInRange(TimeSpan.FromMilliseconds(2100), TimeSpan.FromSeconds(20));
        error.Message.ShouldStartWith("Item 2 ran longer than MapOptions.Timeout allows (00:00:02). It did not stop within the grace of 00:00:00.1000000 either, and its worker ");
        innocent.Wait(Limit).ShouldBe(Enumerable.Range(0, 40));
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
        pool.Report.WorkersLost.ShouldBe(0);
        pool.Report.ItemsRunAgain.ShouldBe(0);
    });

    [SkippableFact]
    public Task A_time_limit_is_checked_at_the_call() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<ArgumentException>(() => pool.Map([1], x => x, new() { Timeout = TimeSpan.Zero, Batch = -1 })).Message
            .ShouldBe("MapOptions is not valid: Batch must be 1 or more (was -1); Timeout must be more than 0 and at most 24 days (was 00:00:00).");
        Should.Throw<ArgumentException>(() => pool.MapAsync([1], x => x, new() { Timeout = TimeSpan.FromDays(25) }));
    });
}
