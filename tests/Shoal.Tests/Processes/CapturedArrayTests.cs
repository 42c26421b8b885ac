using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Large arrays that functions capture: they go to each worker once, by content.</summary>
public class CapturedArrayTests
{
    private const int Count = 1_000_000;
    private const long Bytes = sizeof(double) * Count;
    private const string OverSockets = "over sockets a captured array is sent once a call";

    [SkippableFact(Timeout = 60_000)]
    public async Task What_a_function_only_reads_goes_to_each_worker_once()
    {
        await Task.Yield();
        Skip.IfNot(Transport.UsesRings(new PoolOptions()), OverSockets);
        using var pool = Pool.Processes(2);
        double[] captured = [.. Enumerable.Range(0, Count).Select(i => (double)i)];

        for (var i = 0; i < 10; i++)
            pool.Map(Enumerable.Range(0, 8), task => captured[task] + captured[^1]).ShouldBe(Enumerable.Range(0, 8).Select(task => task + Count - 1.0));

        pool.Report.BytesSent.ShouldBeInRange(Bytes, (2 * Bytes) + 100_000);
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task Two_functions_and_two_equal_arrays_share_one_content()
    {
        await Task.Yield();
        Skip.IfNot(Transport.UsesRings(new PoolOptions()), OverSockets);
        using var pool = Pool.Processes(1);
        double[] captured = [.. Enumerable.Range(0, Count).Select(i => (double)i)];
        double[] equal = [.. captured];

        pool.Apply(() => captured[17]).ShouldBe(17);
        pool.Apply(() => captured.Sum()).ShouldBe(captured.Sum());
        pool.Apply(() => equal[18]).ShouldBe(18);

        pool.Report.BytesSent.ShouldBeInRange(Bytes, Bytes + 100_000);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task An_element_that_is_changed_between_two_calls_is_seen(string transport)
    {
        await Task.Yield();
        using var pool = Open(transport);
        var captured = new double[Count];

        for (var i = 0; i < 20; i++)
        {
            var at = i * (Count - 1) / 19;
            captured[at] = i + 1;
            pool.Map([0, 1], _ => captured[at]).ShouldBe([i + 1, i + 1]);
        }

        captured[5] = 0.0;
        pool.Apply(() => captured[5]).ShouldBe(0);
        captured[5] = -0.0;
        double.IsNegative(pool.Apply(() => captured[5])).ShouldBeTrue();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task A_function_that_writes_its_array_does_not_disturb_the_next_call(string transport)
    {
        await Task.Yield();
        using var pool = Open(transport);
        var captured = new double[Count];

        for (var i = 0; i < 3; i++)
        {
            pool.Map([0, 1, 2, 3], task => captured[task]).ShouldBe([0, 0, 0, 0]);
            _ = pool.Map([0, 1, 2, 3], task => captured[task] = 5);
            _ = pool.Map([0, 1, 2, 3], task => { Array.Fill(captured, 7); return task; });
            _ = pool.Map([0, 1, 2, 3], task => { captured.AsSpan().Fill(8); return task; });
            _ = pool.Map([0, 1, 2, 3], task => { ref var first = ref captured[task]; first = 9; return task; });
            _ = pool.Map([0, 1, 2, 3], task => { ((IList<double>)captured)[task] = 10; return task; });
            _ = pool.Map([0, 1, 2, 3], task => { Stray.Kept = captured; return task; });
            _ = pool.Map([0, 1, 2, 3], task => { Stray.Kept![task] = 11; return task; });
        }

        captured.ShouldAllBe(x => x == 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_with_a_large_array_may_change_it()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        var model = new Model(new double[Count]);

        pool.Apply(() => model.Step()).ShouldBe(1);
        pool.Apply(() => model.Step()).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Arrays_of_other_kinds_are_captured_as_before()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        var (grid, text, points, segment) = (new double[400, 400], new string('x', 2_000_000), new (int, int)[300_000], new ArraySegment<int>(new int[500_000], 7, 400_000));
        (grid[399, 399], points[^1], segment[3]) = (4, (1, 2), 9);
        var memory = segment.AsMemory();

        pool.Apply(() => (grid[399, 399], text.Length, points[^1], segment[3], memory.Span[3])).ShouldBe((4, text.Length, (1, 2), 9, 9));
        pool.Apply(() => (grid[399, 399], text.Length, points[^1], segment[3], memory.Span[3])).ShouldBe((4, text.Length, (1, 2), 9, 9));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Category", "Slow")]
    public async Task More_than_a_worker_keeps_is_sent_again()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        // A worker keeps half a gigabyte at most.
        var arrays = Enumerable.Range(0, 9).Select(i => Enumerable.Repeat((byte)i, 64 << 20).ToArray()).ToArray();

        for (var round = 0; round < 2; round++)
        {
            foreach (var array in arrays)
                pool.Apply(() => array[^1]).ShouldBe(array[0]);
        }

        pool.Report.BytesSent.ShouldBeGreaterThan(9 * 64L << 20);
        pool.Apply(() => Environment.WorkingSet).ShouldBeLessThan(1300L << 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_of_several_batches_and_a_call_after_four_others_find_their_arrays()
    {
        await Task.Yield();
        using var pool = Pool.Processes(2);
        var arrays = Enumerable.Range(1, 6).Select(i => Enumerable.Repeat(i, 400_000).ToArray()).ToArray();

        for (var round = 0; round < 3; round++)
        {
            foreach (var array in arrays)
            {
                pool.Map(Enumerable.Range(0, 20), i => array[i], new MapOptions { Batch = 3 }).ShouldAllBe(x => x == array[0]);
                pool.Map(Enumerable.Range(0, 20), i => array[i]++, new MapOptions { Batch = 3 }).ShouldAllBe(x => x == array[0]);
            }
        }
    }

    private static Pool Open(string transport) =>
        Pool.Processes(new PoolOptions { Workers = 1, Environment = new Dictionary<string, string?> { [Transport.Variable] = transport } });

    private static class Stray
    {
        // Set and read in the worker only.
        [ThreadStatic]
        public static double[]? Kept;
    }

    private sealed class Model(double[] weights)
    {
        public double Step() => ++weights[3];
    }
}
