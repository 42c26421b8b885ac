using Xunit.Abstractions;

namespace Shoal.Tests.Dispatch;

/// <summary>The dispatcher with many workers and items: what it costs, what it holds, and how near to the ideal (all work divided by all workers) it comes.</summary>
public class ScaledDispatchTests(ITestOutputHelper output)
{
    private const long Microsecond = TimeSpan.TicksPerMicrosecond;
    private const int ManyWorkers = 10_000, ManyItems = 100_000_000;

    // A power law whose mean is three times its least value; the costliest of the table takes 400 times as long as the cheapest.
    private static readonly long[] HeavyTail = [.. Enumerable.Range(0, 4096).Select(k => (long)(20 * Microsecond * Math.Pow((k + 0.5) / 4096, -1 / 1.5)))];

    private static readonly Dictionary<string, Func<long, long>> Costs = new()
    {
        ["constant"] = _ => 100 * Microsecond,
        ["uneven"] = item => (long)(Hash(item) % 2000) * Microsecond / 10,
        ["heavy-tailed"] = item => HeavyTail[Hash(item) % 4096],
    };

    [Theory]
    [InlineData("constant", 1.1)]
    [InlineData("uneven", 1.1)]
    [InlineData("heavy-tailed", 1.1)]
    public void Batches_come_near_to_the_ideal(string cost, double most)
    {
        for (var seed = 0; seed < 3; seed++)
            Run(seed, workers: 100, items: 1_000_000, cost).OverIdeal.ShouldBeLessThan(most, $"seed {seed}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(50)]
    [InlineData(1000)]
    public void A_batch_costs_the_same_for_any_number_of_workers(int workers)
    {
        var world = Run(seed: 1, workers, items: workers * 5_000, "uneven");

        (world.Events / (double)world.Batches).ShouldBeLessThan(4);
        (world.Instructions / (double)world.Batches).ShouldBeLessThan(2);
    }

    [Fact]
    public void No_item_is_lost_or_run_twice_where_workers_die()
    {
        var lost = 0L;
        for (var seed = 0; seed < 10; seed++)
            lost += Run(seed, workers: 200, items: 200_000, "heavy-tailed", deathRate: 0.01).Lost;

        lost.ShouldBeGreaterThan(100, "the worlds are too easy");
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("constant")]
    [InlineData("uneven")]
    [InlineData("heavy-tailed")]
    public void A_hundred_million_items_on_ten_thousand_workers(string cost)
    {
        var world = Run(seed: 1, ManyWorkers, ManyItems, cost);

        world.OverIdeal.ShouldBeLessThan(1.2);
        world.BytesAtStart.ShouldBeLessThan(500 * ManyWorkers);
        // Nothing a batch: what grows with the number of workers, the world's own events among it.
        world.BytesDuring.ShouldBeLessThan(2000 * ManyWorkers);
        world.Batches.ShouldBeGreaterThan(20 * ManyWorkers);
        (world.Events / (double)world.Batches).ShouldBeLessThan(4);
        (world.Instructions / (double)world.Batches).ShouldBeLessThan(2);
    }

    private ScaledWorld Run(int seed, int workers, int items, string cost, double deathRate = 0)
    {
        var world = new ScaledWorld(seed, workers, items, Costs[cost], deathRate);
        try
        {
            world.Run();
        }
        catch (Exception error)
        {
            // The same once more, with the trace.
            var again = new ScaledWorld(seed, workers, items, Costs[cost], deathRate, keepsTrace: true);
            Should.Throw<Exception>(again.Run);
            throw new InvalidOperationException($"Seed {seed}, {cost}: {error.Message}\n{string.Join('\n', again.LastTrace)}", error);
        }

        output.WriteLine(
            $"{workers} workers, {items} items, {cost}, seed {seed}: {world.OverIdeal:0.000} of the ideal, {world.Batches} batches, {world.Events / (double)world.Batches:0.00} events "
            + $"and {world.Instructions / (double)world.Batches:0.00} instructions each, {world.BytesAtStart / workers} bytes a worker and {world.BytesDuring / workers} more, {world.Lost} lost");
        return world;
    }

    // SplitMix64 (Steele, Lea, Flood, 2014): the same cost for the same item in any order.
    private static ulong Hash(long item)
    {
        var z = (ulong)item * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
