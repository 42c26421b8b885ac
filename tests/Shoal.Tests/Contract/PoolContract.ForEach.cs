using System.Globalization;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    public Task ForEach_runs_every_item_once_in_all_its_shapes() => Within(() =>
    {
        using var pool = Open();
        var folder = Directory.CreateTempSubdirectory("shoal-").FullName;
        void Mark(string what, int x) => File.AppendAllText(Path.Combine(folder, $"{what}{x}"), "x");
        var items = Enumerable.Range(0, 30).ToArray();

        pool.ForEach(items, x => Mark("a", x));
        pool.ForEach(items.Select(x => x), (x, context) => Mark("b", (int)context.Index), new() { Batch = 4 });
        pool.ForEach(items, async x =>
        {
            await Task.Yield();
            Mark("c", x);
        });
        pool.ForEachAsync(items, async (x, context) =>
        {
            await Task.Yield();
            Mark("d", (int)context.Index);
        }).Wait().ShouldBe(30);
        pool.ForEachAsync(items.Where(x => x < 20), x => Mark("e", x)).Wait().ShouldBe(20);
        pool.ForEach(Array.Empty<int>(), x => Mark("f", x));

        Directory.GetFiles(folder).Length.ShouldBe(4 * 30 + 20);
        Directory.GetFiles(folder).ShouldAllBe(file => File.ReadAllText(file) == "x");
        Directory.Delete(folder, recursive: true);
    });

    [SkippableFact]
    public Task ForEach_throws_what_the_loop_would_and_refuses_what_nobody_could_await() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<FormatException>(() => pool.ForEach(Enumerable.Range(0, 50), x => { _ = x < 7 ? x : throw new FormatException($"{x}"); })).Message.ShouldBe("7");
        Should.Throw<FormatException>(() => pool.ForEachAsync([1], x => throw new FormatException()).Wait());
        Action<int> nobodyWaits = async x => await Task.Yield();
        Should.Throw<ArgumentException>(() => pool.ForEach([1], nobodyWaits)).Message.ShouldStartWith("ForEach: the function is async void");
        Should.Throw<ArgumentNullException>(() => pool.ForEach([1], (Action<int>)null!));
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    public Task ForEach_does_not_run_an_item_again_unless_asked() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();
        using var ran = new Gate();
        var path = ran.Path;
        void Once(int x)
        {
            if (x != 3)
                return;
            File.AppendAllText(path, "x");
            Environment.Exit(3);
        }

        Should.Throw<WorkerLostException>(() => pool.ForEach([1, 2, 3, 4], Once)).Index.ShouldBe(2);
        File.ReadAllText(path).ShouldBe("x");
        Should.Throw<WorkerLostException>(() => pool.ForEach([1, 2, 3, 4], Once, new() { Retries = 1 }));
        File.ReadAllText(path).ShouldBe("xxx");
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public Task Reduce_gives_the_bits_of_a_plain_implementation(int count) => Within(() =>
    {
        using var pool = Open();
        var items = Enumerable.Range(0, count).Select(i => Math.Sqrt(i + 0.1) * (i % 3 == 0 ? 1e9 : 1e-7)).ToArray();
        var scale = 1.7;
        var expected = PlainReduce(items, -1.0, x => x * scale, (a, b) => a + b);

        foreach (var batch in new int?[] { null, 1, 5 })
        {
            var options = new MapOptions { Batch = batch };
            Bits(pool.Reduce(items, -1.0, x => x * scale, (a, b) => a + b, options)).ShouldBe(Bits(expected));
            Bits(pool.Reduce(items.Select(x => x), -1.0, (x, context) => x * scale, (a, b) => a + b, options)).ShouldBe(Bits(expected));
        }

        Bits(pool.ReduceAsync(items, -1.0, async x =>
        {
            await Task.Yield();
            return x * scale;
        }, (a, b) => a + b).Wait()).ShouldBe(Bits(expected));
    });

    [SkippableFact]
    public Task Reduce_combines_in_input_order_and_knows_each_items_index() => Within(() =>
    {
        using var pool = Open();
        var words = Enumerable.Range(0, 300).Select(i => $"{i};").ToArray();

        pool.Reduce(words, "", x => x, (a, b) => a + b).ShouldBe(string.Concat(words));
        pool.Reduce(words, "", async (x, context) =>
        {
            await Task.Yield();
            return context.Index.ToString(CultureInfo.InvariantCulture) + ";";
        }, (a, b) => a + b).ShouldBe(string.Concat(words));
        var random = Loop(Enumerable.Range(0, 150), i => new ItemContext(i, 0, 0, 9, default).Random.NextInt64() >> 8).Sum();
        pool.Reduce(Enumerable.Range(0, 150), 0L, (x, context) => context.Random.NextInt64() >> 8, (a, b) => a + b, new() { Seed = 9 }).ShouldBe(random);
    });

    [SkippableFact]
    public Task Reduce_throws_what_the_loop_would() => Within(() =>
    {
        using var pool = Open();
        IEnumerable<int> Input()
        {
            for (var i = 0; i < 100; i++)
                yield return i;
            throw new IOException("input");
        }

        Should.Throw<FormatException>(() => pool.Reduce(Enumerable.Range(0, 500), 0, x => x is 200 or 130 ? throw new FormatException($"{x}") : x, (a, b) => a + b)).Message.ShouldBe("130");
        Should.Throw<FormatException>(() => pool.Reduce(Input(), 0, x => x == 90 ? throw new FormatException($"{x}") : x, (a, b) => a + b)).Message.ShouldBe("90");
        Should.Throw<IOException>(() => pool.Reduce(Input(), 0, x => x, (a, b) => a + b));
        Should.Throw<FormatException>(() => pool.Reduce(Enumerable.Range(0, 64), 0, x => x, (a, b) => b == 40 ? throw new FormatException("within") : a + b)).Message.ShouldBe("within");
        Should.Throw<FormatException>(() => pool.ReduceAsync(Enumerable.Range(0, 128), 0, x => 1, (a, b) => a == 64 ? throw new FormatException("above") : a + b).Wait()).Message.ShouldBe("above");
        Should.Throw<ArgumentNullException>(() => pool.Reduce([1], 0, x => x, null!));
        Should.Throw<ArgumentException>(() => pool.Reduce([1], 0, x => x, (a, b) => a, new() { OnFailure = OnFailure.Collect })).Message.ShouldContain("Reduce");
        pool.Reduce([1, 2], 0, x => x, (a, b) => a + b).ShouldBe(3);
    });

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    // The meaning, as plainly as it can be written: blocks of 64 from left to right, then neighbours, level by level.
    private static A PlainReduce<T, A>(T[] items, A empty, Func<T, A> map, Func<A, A, A> combine)
    {
        var level = items.Chunk(64).Select(block => block.Select(map).Aggregate(combine)).ToList();
        while (level.Count > 1)
            level = [.. level.Chunk(2).Select(pair => pair.Length == 2 ? combine(pair[0], pair[1]) : pair[0])];
        return level.Count == 0 ? empty : level[0];
    }
}
