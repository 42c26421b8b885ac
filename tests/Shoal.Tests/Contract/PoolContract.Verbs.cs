namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "1")]
    public Task Apply_returns_what_the_function_returns() => Within(() =>
    {
        using var pool = Open();
        var offset = 1;

        pool.Apply(() => 25 + offset).ShouldBe(26);
        pool.Apply(x => x * x, 5).ShouldBe(25);
        pool.Apply((x, y) => x - y + offset, 5, 2).ShouldBe(4);
        pool.Apply((x, y, z) => $"{x}{y}{z}", 1, "b", 2.5).ShouldBe("1b2.5");
        pool.Apply((a, b, c, d) => a + b + c + d, 1, 2, 3, 4).ShouldBe(10);
    });

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1000)]
    [Trait("Behaviour", "2")]
    public Task Map_equals_the_loop_for_every_batch(int? batch) => Within(() =>
    {
        using var pool = Open();
        var factor = 3;
        int Scale(int x) => x * factor;
        var items = Enumerable.Range(0, 100).ToArray();

        pool.Map(items, Scale, new() { Batch = batch }).ShouldBe(Loop(items, Scale));
        pool.Map(items.ToList(), Scale, new() { Batch = batch }).ShouldBe(Loop(items, Scale));
        pool.Map(items.Where(x => x % 3 > 0), Scale, new() { Batch = batch }).ShouldBe(Loop(items.Where(x => x % 3 > 0), Scale));
        pool.Map(new HashSet<int>(items), Scale, new() { Batch = batch }).ShouldBe(Loop(items, Scale));
    });

    [SkippableFact]
    public Task Map_of_many_small_items_equals_the_loop() => Within(() =>
    {
        using var pool = Open();
        var items = Enumerable.Range(0, 50_000).ToArray();

        pool.Map(items, x => (long)x * x).ShouldBe(Loop(items, x => (long)x * x));
        pool.Map(items.Select(x => x), x => (long)x * x).ShouldBe(Loop(items, x => (long)x * x));
    });

    [SkippableFact]
    [Trait("Behaviour", "3")]
    public Task StarMap_equals_the_loop() => Within(() =>
    {
        using var pool = Open();
        var pairs = Enumerable.Range(0, 100).Select(x => (x, x + 0.5)).ToArray();
        var expected = Loop(pairs, pair => pair.x * pair.Item2);

        pool.StarMap(pairs, (x, y) => x * y).ShouldBe(expected);
        pool.StarMap(pairs, (x, y) => x * y, new() { Batch = 20 }).ShouldBe(expected);
        pool.StarMapAsync(pairs, (x, y) => x * y).Wait().ShouldBe(expected);
        pool.StarMap([(1, 2, 3)], (a, b, c) => a + b + c).ShouldBe([6]);
        pool.StarMap([(1, 2, 3, 4, 5, 6, 7)], (a, b, c, d, e, f, g) => a + b + c + d + e + f + g).ShouldBe([28]);
        pool.StarMap([(1, 2, 3, 4, 5, 6, 7, 8)], (a, b, c, d, e, f, g, h) => a + b + c + d + e + f + g + h).ShouldBe([36]);
    });

    [SkippableFact]
    public Task Functions_with_a_context_and_awaited_functions_equal_the_loop() => Within(() =>
    {
        using var pool = Open();
        var items = Enumerable.Range(10, 40).ToArray();

        pool.Map(items, (x, context) => (x, context.Index, context.Attempt)).ShouldBe(Loop(items, x => (x, (long)x - 10, 0)));
        pool.Map(items, async x =>
        {
            await Task.Yield();
            return x + 1;
        }).ShouldBe(Loop(items, x => x + 1));
        pool.Map(items, async (x, context) =>
        {
            await Task.Delay(1, context.Cancel);
            return context.Index;
        }).ShouldBe(Loop(items, x => (long)x - 10));
        pool.MapAsync(items, async x =>
        {
            await Task.Yield();
            return x + 1;
        }).Wait().ShouldBe(Loop(items, x => x + 1));
    });

    [SkippableFact]
    public Task A_task_that_nobody_would_await_is_refused() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<ArgumentException>(() => pool.Apply(async x =>
        {
            await Task.Yield();
            return x;
        }, 1)).Message.ShouldContain("would not await");
        Should.Throw<ArgumentException>(() => pool.Map([1], x => ValueTask.FromResult(x)));
        Should.Throw<ArgumentException>(() => pool.Map([1], x => Task.CompletedTask)).Message.ShouldContain("Use Map");
        Should.Throw<ArgumentException>(() => pool.StarMap([(1, 2)], (x, y) => Task.FromResult(x)));
    });

    [SkippableFact]
    public Task Random_numbers_follow_from_seed_and_index_alone() => Within(() =>
    {
        using var pool = Open();
        static string Draw(Random random) => $"{random.Next()},{random.Next(10)},{random.NextDouble():R},{random.NextInt64()}";
        var items = Enumerable.Range(0, 200).ToArray();
        var expected = Loop(items, x => Draw(new ItemContext(x, 0, 0, 7, default).Random));

        foreach (var batch in new int?[] { null, 1, 33 })
            pool.Map(items, (x, context) => Draw(context.Random), new() { Seed = 7, Batch = batch }).ShouldBe(expected);
    });

    [SkippableFact]
    public Task Results_and_items_may_be_null_and_of_any_shape() => Within(() =>
    {
        using var pool = Open();
        string?[] texts = ["a", null, "ccc"];
        object[] mixed = new string[] { "x", "y" };

        pool.Map(texts, text => text?.Length).ShouldBe([1, null, 3]);
        pool.Map(mixed, x => (object)$"{x}!").ShouldBe(["x!", "y!"]);
        pool.Map([new[] { 1, 2 }, []], row => row.Sum()).ShouldBe([3, 0]);
        pool.Map(new Dictionary<string, int> { ["a"] = 1 }, pair => pair.Value).ShouldBe([1]);
    });

    [SkippableFact]
    [Trait("Behaviour", "15")]
    public Task No_items_give_no_results() => Within(() =>
    {
        using var pool = Open();

        pool.Map(Array.Empty<int>(), x => x).ShouldBeEmpty();
        pool.Map(Enumerable.Range(0, 3).Where(x => x > 5), x => x).ShouldBeEmpty();
        pool.MapAsync(Array.Empty<int>(), x => x, new() { Batch = 1 }).Wait(TimeSpan.FromSeconds(20)).ShouldBeEmpty();
        pool.MapAsync(Enumerable.Range(0, 3).Where(x => x > 5), x => x).Wait(TimeSpan.FromSeconds(20)).ShouldBeEmpty();
        pool.StarMap(Array.Empty<(int, int)>(), (x, y) => x + y).ShouldBeEmpty();
        pool.Stream(Array.Empty<int>(), x => x).ShouldBeEmpty();
        pool.Stream(Enumerable.Range(0, 3).Where(x => x > 5), x => x, new() { Batch = 1 }).ShouldBeEmpty();
        pool.StreamUnordered(Array.Empty<int>(), x => x).ShouldBeEmpty();
    });

    [SkippableFact]
    [Trait("Behaviour", "40")]
    public Task Any_function_runs_and_sees_the_state_of_the_moment() => Within(() =>
    {
        using var pool = Open();
        static Func<int, int> Adder(int amount) => x => x + amount;
        int Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
        var (one, ten) = (Adder(1), Adder(10));
        var counter = new Offset { Value = 5 };

        pool.Map([1, 2], one).ShouldBe([2, 3]);
        pool.Map([1, 2], ten).ShouldBe([11, 12]);
        pool.Map([3, 4], Factorial).ShouldBe([6, 24]);
        pool.Map(["1", "22"], int.Parse).ShouldBe([1, 22]);
        pool.Map([1, 2], counter.Add).ShouldBe([6, 7]);
        counter.Value = 7;
        pool.Map([1, 2], counter.Add).ShouldBe([8, 9]);
        pool.Map([1, 2], Twice<int>).ShouldBe([(1, 1), (2, 2)]);
        var results = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var changing = i;
            results.Add(pool.Apply(x => x + changing, 10));
        }

        results.ShouldBe([10, 11, 12]);
    });

    [SkippableFact]
    public Task A_value_of_a_worker_is_made_once_in_each() => Within(() =>
    {
        using var pool = Open();
        var local = new WorkerLocal<Guid>(Guid.NewGuid);

        var first = pool.Map(Enumerable.Range(0, 200), _ => local.Value, new() { Batch = 1 });
        var second = pool.Map(Enumerable.Range(0, 200), _ => local.Value, new() { Batch = 1 });

        first.Concat(second).Distinct().Count().ShouldBeInRange(1, pool.Workers);
    });

    [SkippableFact]
    public Task A_call_inside_an_item_runs_there() => Within(() =>
    {
        using var pool = Open();
        var spec = Spec;

        var sums = pool.Map([10, 20], n =>
        {
            using var inner = Pool.Open(spec);
            return inner.Map(Enumerable.Range(0, n), (x, context) => x * 2).Sum();
        });

        sums.ShouldBe([90, 380]);
    });

    [SkippableFact]
    public Task Progress_is_told_and_ends_at_the_total() => Within(() =>
    {
        using var pool = Open();
        var told = new Told();

        pool.Map(Enumerable.Range(0, 500).ToArray(), x => x, new() { Progress = told });

        told.Reports[^1].ShouldBe(new PoolProgress(500, 500));
        told.Reports.Select(report => report.Finished).ShouldBe(told.Reports.Select(report => report.Finished).Order());
    });

    [SkippableFact]
    public Task A_report_counts_the_items() => Within(() =>
    {
        using var pool = Open();

        pool.Map(Enumerable.Range(0, 500).ToArray(), x => x);

        pool.Report.Items.ShouldBe(500);
        pool.Report.WorkersLost.ShouldBe(0);
        pool.Report.Pool.ShouldStartWith(Spec);
    });

    private static (T, T) Twice<T>(T value) => (value, value);

    private sealed class Offset
    {
        public int Value { get; set; }

        public int Add(int x) => x + Value;
    }

    private sealed class Told : IProgress<PoolProgress>
    {
        public List<PoolProgress> Reports { get; } = [];

        public void Report(PoolProgress value) => Reports.Add(value);
    }
}
