namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    // Item 0 holds up 99 others, and waits for the last of them: with batches of 100 only another worker can run that one.
    [SkippableFact]
    public Task An_idle_worker_takes_over_what_a_slow_one_has_not_begun() => Within(() =>
    {
        SkipUnless(traits => traits.GivesBack, "a worker keeps its batch to the end");
        using var pool = Open();
        Skip.If(pool.Workers < 2, $"{Spec}: there is one worker");
        using var reached = new SharedEvent();
        using var runs = new SharedCounter();

        var results = pool.Map(Enumerable.Range(0, 101).ToArray(), i =>
        {
            runs.Increment();
            if (i == 99)
                reached.Set();
            return i == 0 && !reached.Wait(TimeSpan.FromSeconds(20)) ? -1 : i;
        }, new() { Batch = 100 });

        results.ShouldBe(Enumerable.Range(0, 101));
        runs.Value.ShouldBe(101, "an item ran twice, or not at all");
    });

    // Short items with long ones among them, so that batches are sent ahead, taken back and cut again and again.
    [SkippableFact]
    public Task Every_item_runs_once_however_often_it_changes_hands() => Within(() =>
    {
        using var pool = Open();
        using var runs = new SharedArray<int>(20_000);

        for (var round = 1; round <= 3; round++)
        {
            var results = pool.Map(Enumerable.Range(0, runs.Length).ToArray(), i =>
            {
                runs[i]++;
                Thread.SpinWait(i % 1000 == 7 ? 100_000 : i % 10);
                return i * 2L;
            });

            results.ShouldBe(Enumerable.Range(0, runs.Length).Select(i => i * 2L));
            var expected = round;
            runs.ToArray().ShouldAllBe(count => count == expected);
        }
    });
}
