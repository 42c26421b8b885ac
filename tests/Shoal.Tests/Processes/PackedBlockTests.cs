namespace Shoal.Tests.Processes;

/// <summary>Small arrays, text and tuples of such travel in blocks, and nothing else about them changes.</summary>
public class PackedBlockTests
{
    private const int Count = 20_000;

    [Theory(Timeout = 120_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task Results_are_those_of_the_loop(string transport)
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open(transport);
        int[]?[] rows = [.. Enumerable.Range(0, 2_000).Select(i => i % 11 == 0 ? null : Enumerable.Range(i, i % 7 == 0 ? 3_000 : i % 9).ToArray())];
        rows[77] = (int[])(object)new uint[] { 1, uint.MaxValue };

        foreach (var batch in new int?[] { null, 1, 7, 1_000 })
        {
            MapOptions options = new() { Batch = batch };
            pool.Map(rows, Sum, options).ShouldEqual(rows.Select(Sum));
            pool.Map(rows, Name, options).ShouldEqual(rows.Select(Name));
            pool.Map(rows, Doubled, options).ShouldEqualEach(rows.Select(Doubled));
            pool.Map(rows, Listed, options).ShouldEqualEach(rows.Select(Listed));
            pool.StarMap(rows.Select((row, i) => (row, i, $"{i}")).ToArray(), (row, low, name) => $"{Sum(row) + low} {name}", options)
                .ShouldEqual(rows.Select((row, i) => $"{Sum(row) + i} {i}"));
            pool.Stream(rows.Select(Name), (text, context) => (text, context.Index), options).ShouldEqual(rows.Select((row, i) => (Name(row), (long)i)));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Results_that_no_block_holds_go_by_themselves()
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open("rings");
        int[] lengths = [.. Enumerable.Range(0, 400).Select(i => i % 5 == 0 ? 40_000 : i % 3 == 0 ? 10_000 : i)];

        var results = pool.Map(lengths, length => Filled(length), new() { Batch = 100 });

        results.ShouldEqualEach(lengths.Select(Filled));
    }

    [Fact(Timeout = 60_000)]
    public async Task Items_share_nothing_in_the_worker()
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open("rings");
        int[] row = [1, 2];
        int[][] rows = [.. Enumerable.Repeat(row, 1_000)];

        pool.Map(rows, r => ++r[0], new() { Batch = 500 }).ShouldAllBe(first => first == 2);
        pool.StarMap(rows.Select(r => (r, r)).ToArray(), (a, b) => ++a[0] * 10 + b[0], new() { Batch = 500 }).ShouldAllBe(both => both == 22);
        pool.Map(rows, r => r, new() { Batch = 500 }).Distinct().Count().ShouldBe(rows.Length);
        row[0].ShouldBe(1);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task A_death_in_a_block_is_blamed_on_its_item_and_keeps_what_was_finished(string transport)
    {
        await Task.Yield();
        const int bad = 1_234;
        using Pool pool = BlockPools.Open(transport);
        int[][] items = [.. Enumerable.Range(0, Count).Select(i => new[] { i })];

        var processes = pool.Map(items, (item, context) => item[0] == bad && context.Attempt == 0 ? BlockPools.Die("") : $"{Environment.ProcessId}", new() { Batch = Count });

        processes[..bad].Distinct().Count().ShouldBe(1);
        processes[bad..].Distinct().Count().ShouldBe(1);
        processes[0].ShouldNotBe(processes[bad]);
        pool.Report.WorkersLost.ShouldBe(1);
        pool.Report.ItemsRunAgain.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Progress_is_told_while_a_block_runs()
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open("rings");
        List<long> told = [];

        var results = pool.Map(Enumerable.Range(0, 50).Select(i => $"{i}").ToArray(), item => Slow(item), new() { Batch = 50, Progress = new BlockPools.Told(told) });

        results.ShouldBe(Enumerable.Range(0, 50).Select(i => $"{i}!"));
        told.ShouldBeInOrder();
        told[^1].ShouldBe(50);
        told.Count.ShouldBeGreaterThan(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_item_of_a_block_that_throws_is_told_after_those_before_it()
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open("rings");
        string[] items = [.. Enumerable.Range(0, Count).Select(i => $"{i}")];

        for (var bad = 0; bad < Count; bad += 1_777)
        {
            var at = $"{bad}";
            Should.Throw<FormatException>(() => pool.Map(items, item => item != at ? item : throw new FormatException(item), new() { Batch = Count })).Message.ShouldBe(at);
        }
    }

    private static long Sum(int[]? row) => row is null ? -1 : row.Sum(x => (long)x);

    private static string? Name(int[]? row) => row is null ? null : $"row of {row.Length}";

    private static int[]? Doubled(int[]? row) => row is null ? null : [.. row.Select(x => x * 2)];

    private static List<int>? Listed(int[]? row) => row is null ? null : [.. row];

    private static byte[] Filled(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)length);
        return bytes;
    }

    private static string Slow(string item)
    {
        Thread.Sleep(4);
        return item + "!";
    }
}
