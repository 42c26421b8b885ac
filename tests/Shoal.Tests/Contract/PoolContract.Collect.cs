using System.Diagnostics;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableTheory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(7)]
    public Task Collected_failures_leave_the_other_results(int? batch) => Within(() =>
    {
        using var pool = Open();
        var options = new MapOptions { OnFailure = OnFailure.Collect, Batch = batch };
        static int Odd(int x) => x % 10 == 3 ? throw new FormatException($"{x}") : x + 1;

        foreach (var items in new[] { Enumerable.Range(0, 40).ToArray(), Enumerable.Range(0, 40).Select(x => x) })
        {
            var error = Should.Throw<ItemsFailedException>(() => pool.Map(items, Odd, options));
            error.Failures.Select(failure => (failure.Index, failure.Error.GetType(), failure.Error.Message))
                .ShouldBe([(3L, typeof(FormatException), "3"), (13L, typeof(FormatException), "13"), (23L, typeof(FormatException), "23"), (33L, typeof(FormatException), "33")]);
            error.Results.ShouldBeOfType<int[]>().ShouldBe(Loop(Enumerable.Range(0, 40), x => x % 10 == 3 ? 0 : x + 1));
            error.InnerException.ShouldBe(error.Failures[0].Error);
            error.Message.ShouldBe("4 items failed: item 3 (FormatException: 3), item 13 (FormatException: 13), item 23 (FormatException: 23), …. Failures holds all of them, Results what the others returned.");
            Should.Throw<ItemsFailedException>(() => pool.MapAsync(items, Odd, options).Wait()).Results.Length.ShouldBe(40);
        }

        pool.Map([1, 2], Odd, options).ShouldBe([2, 3]);
        Should.Throw<ItemsFailedException>(() => pool.ForEach([3, 4], x => { _ = Odd(x); }, options)).Results.Length.ShouldBe(0);
        Should.Throw<ItemsFailedException>(() => pool.StarMap([(3, 1), (4, 1)], (x, y) => Odd(x) * y, options)).Results.ShouldBe(new[] { 0, 5 });
    });

    [SkippableFact]
    public Task What_is_not_an_items_failure_ends_a_collecting_call() => Within(() =>
    {
        using var pool = Open();
        var options = new MapOptions { OnFailure = OnFailure.Collect };
        IEnumerable<int> Input()
        {
            yield return 1;
            throw new IOException("input");
        }

        Should.Throw<IOException>(() => pool.Map(Input(), x => x, options));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Should.Throw<OperationCanceledException>(() => pool.Map(Enumerable.Range(0, 100).ToArray(), WaitForCancel, options, source.Token));
        Should.Throw<ArgumentException>(() => pool.Stream([1], x => x, options)).Message.ShouldContain("stream");
        Should.Throw<ArgumentException>(() => pool.Map([1], x => x, new() { OnFailure = (OnFailure)7 })).Message.ShouldContain("OnFailure must be Stop or Collect (was 7)");
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    [Trait("Category", "Slow")]
    public Task Time_outs_and_deaths_are_collected_too() => Within(() =>
    {
        SkipUnless(traits => traits.CanKill && traits.SurvivesCrash, "a thread cannot be killed, and a crash of a worker ends the program");
        using var pool = Open(new PoolOptions { Grace = TimeSpan.FromMilliseconds(50) });

        var error = Should.Throw<ItemsFailedException>(() => pool.Map(Enumerable.Range(0, 12).ToArray(), x =>
        {
            if (x == 2)
                Thread.Sleep(600_000);
            if (x == 5)
                Process.GetCurrentProcess().Kill();
            return x;
        }, new() { OnFailure = OnFailure.Collect, Timeout = TimeSpan.FromSeconds(3), Retries = 0, Batch = 4 }));

        error.Failures.Select(failure => (failure.Index, failure.Error.GetType())).ShouldBe([(2L, typeof(TimeoutException)), (5L, typeof(WorkerLostException))]);
        error.Results.ShouldBe(new[] { 0, 1, 0, 3, 4, 0, 6, 7, 8, 9, 10, 11 });
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });
}
