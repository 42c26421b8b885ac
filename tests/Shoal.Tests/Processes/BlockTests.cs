namespace Shoal.Tests.Processes;

/// <summary>Items and results that are their memory travel in blocks; everything else about them stays as it is.</summary>
public class BlockTests
{
    private const int Count = 20_000;

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task A_death_in_a_block_is_blamed_on_its_item_and_keeps_what_was_finished(string transport)
    {
        await Task.Yield();
        const int bad = 12_345;
        using Pool pool = BlockPools.Open(transport);
        int[] items = [.. Enumerable.Range(0, Count)];

        var processes = pool.Map(items, (item, context) => item == bad && context.Attempt == 0 ? BlockPools.Die(0) : Environment.ProcessId, new() { Batch = Count });

        processes[..bad].Distinct().Count().ShouldBe(1);
        processes[bad..].Distinct().Count().ShouldBe(1);
        processes[0].ShouldNotBe(processes[bad]);
        pool.Report.WorkersLost.ShouldBe(1);
        pool.Report.ItemsRunAgain.ShouldBe(1);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task Structs_and_results_of_another_size_keep_their_places(string transport)
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open(transport);
        Guid[] items = [.. Enumerable.Range(0, 2_500).Select(i => new Guid(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))];

        foreach (var batch in new int?[] { null, 1, 7, 1_000 })
        {
            pool.Map(items, item => item.ToByteArray()[0], new() { Batch = batch }).ShouldEqual(items.Select(item => item.ToByteArray()[0]));
            pool.Map(items, item => (Int128)item.GetHashCode() << 64, new() { Batch = batch }).ShouldEqual(items.Select(item => (Int128)item.GetHashCode() << 64));
            pool.Map(items, item => item.ToString(), new() { Batch = batch }).ShouldEqual(items.Select(item => item.ToString()));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task Progress_is_told_while_a_block_runs(string transport)
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open(transport);
        List<long> told = [];

        _ = pool.Map(Enumerable.Range(0, 50).ToArray(), item => Sleep(item), new() { Batch = 50, Progress = new BlockPools.Told(told) });

        told.ShouldBeInOrder();
        told[^1].ShouldBe(50);
        told.Count.ShouldBeGreaterThan(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_item_of_a_block_that_throws_is_told_after_those_before_it()
    {
        await Task.Yield();
        using Pool pool = BlockPools.Open("rings");

        for (var bad = 0; bad < Count; bad += 1_777)
        {
            var at = bad;
            Should.Throw<FormatException>(() => pool.Map(Enumerable.Range(0, Count).ToArray(), item => item < at ? item : throw new FormatException($"{item}"), new() { Batch = Count }))
                .Message.ShouldBe($"{bad}");
        }
    }

    private static int Sleep(int item)
    {
        Thread.Sleep(4);
        return item;
    }
}
