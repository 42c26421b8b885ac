namespace Shoal.Tests.Pools;

public class PoolSmokeTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("serial")]
    [InlineData("auto")]
    [InlineData("threads:1")]
    [InlineData("threads:3")]
    [InlineData("processes:2")]
    [InlineData("serial:strict")]
    public async Task Map_keeps_input_order(string spec)
    {
        await Task.Yield();
        using var pool = Pool.Open(spec);
        var factor = 3;

        var results = pool.Map(Enumerable.Range(0, 100_000), x => x * factor);
        var lazy = pool.Map(Enumerable.Range(0, 10_000).Select(x => x), x => x * factor);
        var later = await pool.MapAsync(Enumerable.Range(0, 10_000).Select(x => x), x => x * factor);
        var one = await pool.ApplyAsync(x => x + factor, 4);

        results.ShouldBe(Enumerable.Range(0, 100_000).Select(x => x * 3));
        lazy.ShouldBe(Enumerable.Range(0, 10_000).Select(x => x * 3));
        later.ShouldBe(lazy);
        one.ShouldBe(7);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("serial")]
    [InlineData("auto")]
    [InlineData("threads:3")]
    [InlineData("processes:2")]
    [InlineData("serial:strict")]
    public async Task The_lowest_failure_is_thrown(string spec)
    {
        await Task.Yield();
        using var pool = Pool.Open(spec);

        Should.Throw<FormatException>(() => pool.Map(Enumerable.Range(0, 1000), x => x % 7 == 6 ? throw new FormatException($"{x}") : x)).Message.ShouldBe("6");
    }
}
