using Shoal.Tests.Wire;

namespace Shoal.Tests.Functions;

/// <summary>What is kept from one call to the next is only what cannot change: types, methods, the shape of the function. Everything else is that of the call.</summary>
public class RepeatedCallTests
{
    private static int _factor = 2;

    [Theory(Timeout = 60_000)]
    [InlineData("serial:strict")]
    [InlineData("processes:1")]
    public async Task A_captured_value_is_that_of_the_call(string spec)
    {
        await Task.Yield();
        using Pool pool = Pool.Open(spec);
        int[] captured = [0];
        var one = 0;
        Func<int, int> function = x => x + one + captured[0]++;

        for (var call = 0; call < 50; call++)
        {
            (one, captured[0]) = (call, 10 * call);
            pool.Apply(function, 1).ShouldBe(1 + (11 * call));
            pool.Apply(x => $"{x}{one}", call).ShouldBe($"{call}{call}");
        }

        captured[0].ShouldBe(490);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("serial:strict")]
    [InlineData("processes:1")]
    public async Task Seeds_and_times_are_those_of_the_call(string spec)
    {
        await Task.Yield();
        using Pool pool = Pool.Open(spec);
        using Pool loop = Pool.Serial();
        int[] items = [1, 2, 3];

        foreach (var seed in new long[] { 1, 2, 1, 1, 0, 2 })
        {
            MapOptions options = new() { Seed = seed };
            pool.Map(items, (x, context) => context.Random.Next(), options).ShouldBe(loop.Map(items, (x, context) => context.Random.Next(), options));
        }

        Func<int, ItemContext, int> waits = (x, context) => context.Cancel.WaitHandle.WaitOne(200) ? 1 : 0;
        Should.Throw<TimeoutException>(() => pool.Map([1], waits, new() { Timeout = TimeSpan.FromMilliseconds(20) }));
        pool.Map([1], waits).ShouldBe([0]);
        pool.Map([1], waits, new() { Timeout = TimeSpan.FromSeconds(30) }).ShouldBe([0]);
        Should.Throw<TimeoutException>(() => pool.Map([1], waits, new() { Timeout = TimeSpan.FromMilliseconds(20) }));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("serial:strict")]
    [InlineData("processes:1")]
    public async Task Shapes_of_the_same_types_are_told_apart(string spec)
    {
        await Task.Yield();
        using Pool pool = Pool.Open(spec);
        int[] items = [.. Enumerable.Range(0, 100)];

        for (var round = 0; round < 3; round++)
        {
            pool.Map(items, x => x + 1).ShouldBe(items.Select(x => x + 1));
            pool.Map(items, (x, context) => x + (int)context.Index).ShouldBe(items.Select(x => 2 * x));
            pool.Map(items, x => Task.FromResult(x + 2)).ShouldBe(items.Select(x => x + 2));
            pool.Map(items, (x, context) => Task.FromResult(x + (int)context.Index + 1)).ShouldBe(items.Select(x => (2 * x) + 1));
            pool.Reduce(items, 0, x => x, (left, right) => left + right).ShouldBe(items.Sum());
            pool.Reduce(items, 0, (x, context) => x + (int)context.Index, (left, right) => left + right).ShouldBe(2 * items.Sum());
            pool.Reduce(items, 0, x => Task.FromResult(x + 1), (left, right) => left + right).ShouldBe(items.Sum() + 100);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_static_field_is_compared_at_each_call()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(1);
        try
        {
            pool.Apply(x => x * _factor, 3).ShouldBe(6);
            _factor = 5;
            Should.Throw<ShoalException>(() => pool.Apply(x => x * _factor, 3)).Message.ShouldContain("_factor");
            _factor = 2;
            pool.Apply(x => x * _factor, 3).ShouldBe(6);
        }
        finally
        {
            _factor = 2;
        }
    }

    [Fact]
    public void Constructed_types_are_told_apart()
    {
        Type[] types =
        [
            typeof(Func<int, long>), typeof(Func<long, int>), typeof(Func<int, int, int>), typeof(Func<int, int>), typeof(Action<int>), typeof(List<int>), typeof(List<List<int>>),
            typeof(Dictionary<int, string>), typeof(Dictionary<string, int>), typeof((int, int, int, int)), typeof((int, int, int, long)),
        ];

        for (var round = 0; round < 2; round++)
        {
            foreach (Type type in types)
                Trip.Of(type).ShouldBe(type);
        }
    }
}
