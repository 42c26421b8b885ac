namespace Shoal.Tests.Contract;

/// <content>Pools inside the items of a pool.</content>
public abstract partial class PoolContract
{
    private static readonly PoolOptions Nested = new() { Nested = true };

    [SkippableTheory]
    [InlineData("threads")]
    [InlineData("processes")]
    public Task A_pool_inside_an_item_has_workers_of_its_own_where_that_was_asked_for(string inner) => Within(() =>
    {
        using var pool = Open(Nested);

        var met = pool.Map([10, 20], x =>
        {
            using var own = Pool.Open($"{inner}:3");
            using var barrier = new SharedBarrier(3);
            return own.Map([x, x + 1, x + 2], y =>
            {
                barrier.SignalAndWait(TimeSpan.FromSeconds(40));
                return y * y;
            }, new() { Batch = 1 }).Sum();
        });

        met.ShouldBe(Loop([10, 20], x => x * x + (x + 1) * (x + 1) + (x + 2) * (x + 2)));
    });

    [SkippableFact]
    public Task Without_being_asked_a_pool_inside_an_item_is_a_loop() => Within(() =>
    {
        using var pool = Open();

        pool.Map([1, 2], x =>
        {
            using var own = Pool.Processes(3);
            return own.Map([x, x, x], _ => Environment.ProcessId).Distinct().Single() == Environment.ProcessId && own.Report.WorkersStarted <= 1;
        }).ShouldBe([true, true]);
    });

    [SkippableFact]
    public Task Nesting_goes_as_deep_as_it_was_asked_for_and_not_without_end() => Within(() =>
    {
        using var pool = Open(Nested);

        pool.Apply(() =>
        {
            using var second = Pool.Threads(2);
            return second.Map([1, 2], x =>
            {
                using var third = Pool.Threads(2);
                return third.MapAsync([x, x], _ => Environment.CurrentManagedThreadId).Wait().All(thread => thread == Environment.CurrentManagedThreadId);
            });
        }).ShouldBe([true, true], "the second pool does not nest: the third is a loop");

        var refused = Should.Throw<InvalidOperationException>(() => pool.Apply(DeeperAndDeeper, 1));
        refused.Message.ShouldContain("3 is the limit");
    });

    [SkippableFact]
    public Task A_pool_from_outside_stays_a_loop_inside_an_item() => Within(() =>
    {
        SkipUnless(traits => traits.InProcess && Spec != "serial:strict", "a pool does not travel");
        using var pool = Open(Nested);

        pool.Map([1, 2, 3, 4], x => pool.Map([x, x], y => y * y).Sum()).ShouldBe([2, 8, 18, 32]);
    });

    [SkippableFact]
    public Task What_fails_in_a_nested_pool_fails_as_in_the_loop() => Within(() =>
    {
        using var pool = Open(Nested);

        Should.Throw<FormatException>(() => pool.Map(["1", "x"], text =>
        {
            using var own = Pool.Threads(2);
            return own.Map([text, text], s => s == "1" ? 1 : throw new FormatException(s)).Sum();
        }));
        pool.Apply(x => x + 1, 1).ShouldBe(2);
    });

    private static int DeeperAndDeeper(int depth)
    {
        using var own = Pool.Threads(new PoolOptions { Workers = 1, Nested = true });
        return depth > 10 ? depth : own.Apply(DeeperAndDeeper, depth + 1);
    }
}
