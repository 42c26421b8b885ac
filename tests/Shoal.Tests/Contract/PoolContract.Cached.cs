using System.Globalization;

namespace Shoal.Tests.Contract;

/// <content>A pool with a memory on disk: the results of the pool without one, and only what is missing runs.</content>
public abstract partial class PoolContract
{
    [Fact]
    public Task Cached_results_are_those_of_the_loop_and_nothing_runs_twice() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        var runs = folder.Runs;
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        int[] items = [.. Enumerable.Range(0, 50)];
        int[] Squares() => cached.Map(items, x => CacheTestFolder.Square(runs, x));

        var (first, second) = (Squares(), Squares());

        first.ShouldBe(Loop(items, x => x * x));
        second.ShouldBe(first);
        folder.CountRuns().ShouldBe(50);
        cached.Report.ShouldBe(new CacheReport { Hits = 50, Misses = 50 });
    });

    [Fact]
    public Task Cached_only_what_is_missing_runs() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        var runs = folder.Runs;
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> square = x => CacheTestFolder.Square(runs, x);
        cached.Map([2, 4, 6], square);

        var mixed = cached.Map([1, 2, 3, 4, 5, 6, 7], square);

        mixed.ShouldBe([1, 4, 9, 16, 25, 36, 49]);
        folder.CountRuns().ShouldBe(7);
        cached.Report.ShouldBe(new CacheReport { Hits = 3, Misses = 7 });
        pool.Cached(folder.Cache).Map([7, 1], square).ShouldBe([49, 1]);
        folder.CountRuns().ShouldBe(7, "another object over the same folder finds them too");
    });

    [Fact]
    public Task Cached_apply_tells_functions_captured_values_and_arguments_apart() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, string> With(string captured) => x => $"{captured}{x}";
        Func<int, string> other = x => $"other{x}";

        string[] All() => [cached.Apply(With("a"), 1), cached.Apply(With("b"), 1), cached.Apply(With("a"), 2), cached.Apply(other, 1), cached.Apply(() => "none"),
            cached.Apply((int x, double y) => $"{x} {y}", 1, 2.0), cached.Apply((int x, int y) => $"{x} {y}", 1, 2), cached.Apply((int x, int y, int z) => $"{x}{y}{z}", 1, 2, 3),
            cached.Apply((int x, int y, int z, int w) => $"{x}{y}{z}{w}", 1, 2, 3, 4)];
        string[] expected = ["a1", "b1", "a2", "other1", "none", "1 2", "1 2", "123", "1234"];

        All().ShouldBe(expected);
        All().ShouldBe(expected);
        cached.Report.ShouldBe(new CacheReport { Hits = expected.Length, Misses = expected.Length });
    });

    [Fact]
    public Task Cached_functions_with_a_context_see_the_whole_input_and_its_random_numbers() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        var seven = new MapOptions { Seed = 7 };
        Func<int, ItemContext, (long, int)> draw = (_, context) => (context.Index, context.Random.Next());
        int[] items = [5, 5, 5, 5, 5, 5];
        var plain = pool.Map(items, draw, seven);

        cached.Map(items[..2], draw, seven).ShouldBe(plain[..2]);
        cached.Map(items, draw, seven).ShouldBe(plain);
        cached.Map(items, draw, seven).ShouldBe(plain);
        cached.Map(items, draw, new MapOptions { Seed = 8 }).ShouldNotBe(plain);

        cached.Report.ShouldBe(new CacheReport { Hits = 8, Misses = 12 });
    });

    [Fact]
    public Task Cached_async_functions_are_awaited() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, Task<int>> later = async x =>
        {
            await Task.Yield();
            return x + 1;
        };

        cached.Map([1, 2], later).ShouldBe([2, 3]);
        cached.Map([1, 2], later).ShouldBe([2, 3]);
        cached.Map([1, 2], async (x, context) =>
        {
            await Task.Yield();
            return x + context.Index;
        }).ShouldBe([1L, 3L]);

        cached.Report.Hits.ShouldBe(2);
    });

    [Fact]
    public Task Cached_a_failing_item_throws_as_the_loop_does_and_what_was_done_stays() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        var runs = folder.Runs;
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> fragile = x => x == 30 ? throw new FormatException($"item {x}") : CacheTestFolder.Square(runs, x);
        cached.Map([3, 4], fragile);

        for (var time = 0; time < 2; time++)
            Should.Throw<FormatException>(() => cached.Map(Enumerable.Range(0, 40), fragile, new MapOptions { Batch = 1 })).Message.ShouldBe("item 30");

        Enumerable.Range(0, 30).ShouldBeSubsetOf(folder.Ran());
        folder.Ran().Where(x => x < 30).Count().ShouldBe(30, "the second call found what the first had done");
    });

    [Fact]
    public Task Cached_collected_failures_name_the_places_in_the_whole_input() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> fragile = x => x % 3 == 2 ? throw new FormatException($"item {x}") : x + 1;
        cached.Map([0, 1], fragile);

        var failed = Should.Throw<ItemsFailedException>(() => cached.Map(Enumerable.Range(0, 7), fragile, new MapOptions { OnFailure = OnFailure.Collect }));

        failed.Failures.Select(failure => failure.Index).ShouldBe([2L, 5L]);
        failed.Failures.Select(failure => failure.Error.Message).ShouldBe(["item 2", "item 5"]);
        failed.Results.ShouldBe(new[] { 1, 2, 0, 4, 5, 0, 7 });
        cached.Report.ShouldBe(new CacheReport { Hits = 2, Misses = 7 });
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    public Task Cached_a_lost_worker_is_blamed_with_the_place_in_the_whole_input() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash ends the program");
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> deadly = x =>
        {
            if (x == 5)
                Environment.Exit(3);
            return x;
        };
        cached.Map([0, 1, 2, 3], deadly);

        var lost = Should.Throw<WorkerLostException>(() => cached.Map(Enumerable.Range(0, 8), deadly, new MapOptions { Retries = 0 }));

        lost.Index.ShouldBe(5);
        lost.Message.ShouldContain("item 5");
        lost.ExitCode.ShouldBe(3);
    });

    [Fact]
    public Task Cached_a_salt_and_a_culture_are_other_keys() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        Func<double, string> text = x => x.ToString(CultureInfo.CurrentCulture);
        var (plain, salted) = (pool.Cached(folder.Cache), pool.Cached(new CacheOptions { Folder = folder.Cache, Salt = "2" }));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            plain.Apply(text, 1.5);
            salted.Apply(text, 1.5);
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            plain.Apply(text, 1.5);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        plain.Report.ShouldBe(new CacheReport { Misses = 2 });
        salted.Report.ShouldBe(new CacheReport { Misses = 1 });
    });

    [Fact]
    public Task Cached_objects_come_back_as_equals() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, Dictionary<string, double[]>> make = x => new() { ["a"] = [x, double.NaN], ["b"] = [] };

        var (first, second) = (cached.Map([1, 2], make), cached.Map([1, 2], make));

        second.Select(result => result["a"]).ShouldBe(first.Select(result => result["a"]));
        second[0].Keys.ShouldBe(["a", "b"]);
        cached.Report.Hits.ShouldBe(2);
    });

    [Fact]
    public Task Cached_what_cannot_travel_is_refused_by_its_path() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        using var stream = new MemoryStream();
        var total = 0;

        Should.Throw<ArgumentException>(() => cached.Map([1], x => stream.Position + x)).Message.ShouldContain("function.stream");
        Should.Throw<ArgumentException>(() => cached.Map([1], x => total += x)).Message.ShouldContain("total");
        Should.Throw<ArgumentException>(() => cached.Map([1], x => new MemoryStream(x))).Message.ShouldContain("result");
        Should.Throw<ArgumentException>(() => cached.Apply(x => x.Position, stream)).Message.ShouldContain("item");
    });

    [Fact]
    public Task Cached_a_closed_pool_takes_no_calls_even_for_what_is_stored() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> same = x => x;
        cached.Apply(same, 1);

        pool.Close();

        Should.Throw<InvalidOperationException>(() => cached.Apply(same, 1)).Message.ShouldContain("closed");
    });

    [Fact]
    public Task Cached_cancelling_keeps_what_was_done() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        var runs = folder.Runs;
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, ItemContext, int> slow = (x, context) =>
        {
            var result = CacheTestFolder.Square(runs, x);
            if (x > 0)
                context.Cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
            context.Cancel.ThrowIfCancellationRequested();
            return result;
        };
        using var cancel = new CancellationTokenSource();
        var watch = Task.Run(() =>
        {
            SpinWait.SpinUntil(() => folder.Ran().Any(x => x > 0) && Directory.EnumerateFiles(folder.Cache, "*.result", SearchOption.AllDirectories).Any(), Limit);
            cancel.Cancel();
        });

        Should.Throw<OperationCanceledException>(() => cached.Map([0, 1, 2, 3], slow, new MapOptions { Batch = 1 }, cancel.Token));

        watch.Wait();
        cached.Map([0], slow).ShouldBe([0]);
        cached.Report.Hits.ShouldBe(1);
    });
}
