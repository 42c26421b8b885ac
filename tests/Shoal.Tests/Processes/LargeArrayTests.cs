using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Large arrays as arguments and as results: they go through the lane, or in the frames where there is none.</summary>
public class LargeArrayTests
{
    private const int Large = 1 << 20;

    [Theory(Timeout = 120_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task Arrays_of_many_types_and_sizes_come_back_as_they_went(string transport)
    {
        await Task.Yield();
        using Pool pool = Open(transport, 2);

        foreach (var bytes in new[] { Large - 1, Large, Large + 1, (4 << 20) + 3, (9 << 20) + 17 })
        {
            Same(pool, Fill<byte>(bytes));
            Same(pool, Fill<char>(bytes / 2));
            Same(pool, Fill<int>((bytes / 4) + 1));
            Same(pool, Fill<double>((bytes / 8) + 1));
            Same(pool, Fill<decimal>((bytes / 16) + 1));
            Same(pool, Fill<Point>((bytes / 12) + 1));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("rings")]
    [InlineData("socket")]
    public async Task Parts_of_arrays_and_arrays_of_arrays_come_back_as_they_went(string transport)
    {
        await Task.Yield();
        using Pool pool = Open(transport, 2);
        var all = Fill<int>(1_000_000);
        var grid = new double[700, 300];
        Buffer.BlockCopy(all, 0, grid, 0, sizeof(double) * grid.Length);

        pool.Apply(part => part.ToArray(), all.AsMemory(12_345, 600_001)).ShouldEqual(all[12_345..612_346]);
        pool.Apply(part => part.ToArray(), new ArraySegment<int>(all, 1, 999_998)).ShouldEqual(all[1..^1]);
        var back = pool.Apply(values => values, grid);
        back.Cast<double>().ShouldEqual(grid.Cast<double>());
        (int[] First, string Text, byte[] Second, int[] Again) three = pool.Apply(x => (x.Item1, x.Item2 + "!", x.Item3, x.Item1), (all, "b", Fill<byte>(3 * Large)));
        three.First.ShouldEqual(all);
        three.Text.ShouldBe("b!");
        three.Second.ShouldEqual(Fill<byte>(3 * Large));
        three.Again.ShouldBeSameAs(three.First);
    }

    [Fact(Timeout = 120_000)]
    public async Task Many_items_of_several_calls_at_once_keep_their_arrays_apart()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(2);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(call => Task.Factory.StartNew(() =>
        {
            int[][] items = [.. Enumerable.Range(0, 12).Select(i => Enumerable.Repeat((100 * call) + i, 300_000 + i).ToArray())];
            var results = pool.Map(items, item => (int[])[.. item, -1], new MapOptions { Batch = 1 + call });
            for (var i = 0; i < items.Length; i++)
                results[i].AsSpan().SequenceEqual((int[])[.. items[i], -1]).ShouldBeTrue($"call {call}, item {i}");
        }, TaskCreationOptions.LongRunning)));
    }

    [Fact(Timeout = 120_000)]
    public async Task After_items_that_were_not_read_the_next_ones_are_right()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(1);
        byte[][] items = [.. Enumerable.Range(0, 6).Select(i => Enumerable.Repeat((byte)i, 3 * Large).ToArray())];

        for (var round = 0; round < 5; round++)
        {
            // The rest of the batch is dropped: nobody reads what lies in the lane for it.
            Should.Throw<InvalidOperationException>(() => pool.Map(items, item => item[0] == 1 ? throw new InvalidOperationException("one") : item, new MapOptions { Batch = 6 }));

            pool.Map(items, item => (item.Length, item[0], item[^1])).ShouldBe(items.Select(item => (item.Length, item[0], item[0])));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task An_item_that_cannot_travel_leaves_nothing_in_the_lane()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(1);
        object[][] items = [[Fill<byte>(2 * Large)], [Fill<byte>(2 * Large), new MemoryStream()]];

        Should.Throw<ArgumentException>(() => pool.Map(items, item => item.Length, new MapOptions { Batch = 2 }));

        pool.Apply(item => item, Fill<byte>(5 * Large)).ShouldBe(Fill<byte>(5 * Large));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_call_that_is_cancelled_while_its_argument_is_on_the_way_leaves_the_pool_usable()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(1);
        var large = Fill<byte>(64 * Large);

        for (var i = 0; i < 5; i++)
        {
            using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(3 * i));
            try
            {
                pool.Map([large, large], item => item.Length, new MapOptions { Batch = 1 }, cancel.Token).ShouldBe([large.Length, large.Length]);
            }
            catch (OperationCanceledException)
            {
            }
        }

        pool.Apply(item => item, Fill<int>(Large)).ShouldBe(Fill<int>(Large));
    }

    [Fact(Timeout = 120_000)]
    [Trait("Category", "Slow")]
    public async Task Many_large_calls_leave_no_descriptor_and_no_memory_behind()
    {
        await Task.Yield();
        const int calls = 100;
        using Pool pool = Pool.Processes(1);
        var large = Fill<byte>(8 * Large);
        pool.Apply(item => item, large).Length.ShouldBe(large.Length);
        (int Open, long Mapped) worker = pool.Apply(() => (Descriptors(), SharedKilobytes()));
        var here = Descriptors();

        for (var i = 0; i < calls; i++)
            pool.Apply(item => item, large).Length.ShouldBe(large.Length);

        (int Open, long Mapped) after = pool.Apply(() => (Descriptors(), SharedKilobytes()));
        after.Open.ShouldBeLessThan(worker.Open + (calls / 2)); // it may have loaded an assembly meanwhile
        after.Mapped.ShouldBeLessThanOrEqualTo(worker.Mapped + 1024); // the rings, page by page
        Descriptors().ShouldBeLessThan(here + (calls / 2)); // other tests of this process open some too
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Slow")]
    public async Task Workers_that_die_while_large_arrays_are_copied_lose_nothing(bool captures)
    {
        await Task.Yield();
        using CancellationTokenSource end = new();
        HashSet<int> processes = [];
        using Pool pool = Pool.Processes(2);
        Task killing = Task.Factory.StartNew(() => Kill(processes, end.Token), TaskCreationOptions.LongRunning);
        var captured = Fill<int>(8 * Large);
        for (var until = Environment.TickCount64 + 5_000; Environment.TickCount64 < until;)
        {
            captured[7]++;
            byte[][] items = [.. Enumerable.Range(0, 6).Select(i => Enumerable.Repeat((byte)i, 10 * Large).ToArray())];
            (int Process, byte[] Bytes, int Seen)[] results = captures
                ? pool.Map(Enumerable.Range(0, 6), i => (Environment.ProcessId, new byte[3], captured[7] + captured[^1]), new MapOptions { Batch = 1, Retries = 1000 })
                : pool.Map(items, item => (Environment.ProcessId, item, 0), new MapOptions { Batch = 1, Retries = 1000 });
            for (var i = 0; i < 6; i++)
            {
                results[i].Seen.ShouldBe(captures ? captured[7] + captured[^1] : 0);
                if (!captures)
                    results[i].Bytes.AsSpan().SequenceEqual(items[i]).ShouldBeTrue($"result {i}");
            }
            lock (processes)
                processes.UnionWith(results.Select(result => result.Process));
        }
        end.Cancel();
        await killing;
    }

    private static void Kill(HashSet<int> processes, CancellationToken end)
    {
        Random random = new(3);
        while (!end.IsCancellationRequested)
        {
            _ = end.WaitHandle.WaitOne(random.Next(10, 150));
            lock (processes)
            {
                if (processes.Count == 0)
                    continue;
                var process = processes.First();
                _ = processes.Remove(process);
                if (TestBackend.IsAlive(process))
                    _ = Posix.Kill(process, 9);
            }
        }
    }

    private static void Same<T>(Pool pool, T[] values)
        where T : unmanaged
    {
        pool.Apply(array => array, values).AsSpan().SequenceEqual(values).ShouldBeTrue($"{values.Length} of {typeof(T)}");
        pool.Apply(array => array[^1], values).ShouldBe(values[^1]);
    }

    private static T[] Fill<T>(int count)
        where T : unmanaged
    {
        T[] values = new T[count];
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(((i * 31) >> 4) & 0x3F);
        if (typeof(T) == typeof(decimal))
            values.AsSpan().Fill((T)(object)12.5m);
        return values;
    }

    private static Pool Open(string transport, int workers) =>
        Pool.Processes(new PoolOptions { Workers = workers, Environment = new Dictionary<string, string?> { [Transport.Variable] = transport } });

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static long SharedKilobytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssShmem", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);

    private readonly record struct Point(int X, int Y, int Z);
}
