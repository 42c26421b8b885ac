namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableTheory]
    [InlineData(null, null)]
    [InlineData(100, null)]
    [InlineData(1, 1)]
    [InlineData(7, 50)]
    [Trait("Behaviour", "18")]
    public Task A_stream_gives_the_results_in_order_then_ends_and_stays_at_its_end(int? batch, int? buffer) => Within(() =>
    {
        using var pool = Open();
        var options = new MapOptions { Batch = batch, Buffer = buffer };
        var expected = Loop(Enumerable.Range(0, 1000), x => x * 3);

        foreach (var items in new[] { Enumerable.Range(0, 1000).ToArray(), Enumerable.Range(0, 1000).Select(x => x) })
        {
            var stream = pool.Stream(items, x => x * 3, options);
            using var reader = stream.GetEnumerator();
            foreach (var result in expected)
            {
                reader.MoveNext().ShouldBeTrue();
                reader.Current.ShouldBe(result);
            }

            reader.MoveNext().ShouldBeFalse();
            reader.MoveNext().ShouldBeFalse();
            stream.ShouldBeEmpty();
            pool.StreamUnordered(items, x => x * 3, options).Order().ShouldBe(expected);
        }
    });

    [SkippableFact]
    public Task Every_shape_of_function_streams() => Within(() =>
    {
        using var pool = Open();
        int[] items = [5, 6, 7];

        pool.Stream(items, x => x + 1).ShouldBe([6, 7, 8]);
        pool.Stream(items, (x, context) => x + context.Index).ShouldBe([5L, 7, 9]);
        pool.Stream(items, async x =>
        {
            await Task.Yield();
            return x + 1;
        }).ShouldBe([6, 7, 8]);
        pool.StreamUnordered(items, async (x, context) =>
        {
            await Task.Yield();
            return x + context.Index;
        }).Order().ShouldBe([5L, 7, 9]);
        Should.Throw<ArgumentException>(() => pool.Stream(items, x => ValueTask.FromResult(x))).Message.ShouldStartWith("Stream: ");
        Should.Throw<ArgumentException>(() => pool.Stream(items, x => x, new() { Buffer = 0, InFlight = 0 })).Message
            .ShouldBe("MapOptions is not valid: Buffer must be 1 or more (was 0); InFlight must be 1 or more (was 0).");
    });

    [SkippableFact]
    public Task A_stream_can_be_awaited() => Within(() => ReadAsync().GetAwaiter().GetResult());

    private async Task ReadAsync()
    {
        using var pool = Open();
        var results = new List<int>();

        await foreach (var result in pool.Stream(Enumerable.Range(0, 300), x => x + 1))
            results.Add(result);
        results.ShouldBe(Enumerable.Range(1, 300));

        await foreach (var result in pool.Stream(Enumerable.Range(0, int.MaxValue), x => x + 1))
        {
            if (result == 30)
                break;
        }

        using var source = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in pool.Stream(Enumerable.Range(0, int.MaxValue), x => x + 1).AsAsyncEnumerable().WithCancellation(source.Token))
            {
                if (result == 30)
                    source.Cancel();
            }
        });
        (await pool.StreamUnordered([1, 2, 3], x => x).AsAsyncEnumerable().OrderBy(x => x).ToArrayAsync()).ShouldBe([1, 2, 3]);
    }

    [SkippableTheory]
    [InlineData(1, 1, 1)]
    [InlineData(null, 1, 1)]
    [InlineData(1, 3, 3)]
    [InlineData(5, 2, 2)]
    [InlineData(null, null, 65_536)]
    [Trait("Behaviour", "42"), Trait("Behaviour", "45")]
    public Task An_endless_input_is_taken_within_the_buffer(int? batch, int? buffer, int most) => Within(() =>
    {
        using var pool = Open();
        var (taken, read, furthest) = (0, 0, 0);
        IEnumerable<int> Endless()
        {
            while (true)
            {
                furthest = Math.Max(furthest, Interlocked.Increment(ref taken) - Volatile.Read(ref read));
                yield return taken - 1;
            }
        }

        foreach (var result in pool.Stream(Endless(), x => x, new() { Batch = batch, Buffer = buffer }))
        {
            result.ShouldBe(read);
            Volatile.Write(ref read, read + 1);
            if (read % 50 == 0)
                Thread.Sleep(30);
            if (read == 200)
                break;
        }

        // The reader counts its result a moment after it took it.
        furthest.ShouldBeInRange(1, most + 1);
        var before = Volatile.Read(ref taken);
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
        Volatile.Read(ref taken).ShouldBe(before, "the stream goes on although nobody reads it");
    });

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Behaviour", "16"), Trait("Behaviour", "17")]
    public Task An_error_comes_at_its_place_then_the_stream_ends(int? batch) => Within(() =>
    {
        using var pool = Open();
        var options = new MapOptions { Batch = batch };

        foreach (var items in new[] { Enumerable.Range(0, 40).ToArray(), Enumerable.Range(0, 40).Select(x => x) })
        {
            var stream = pool.Stream(items, x => x >= 17 ? throw new FormatException($"{x}") : x, options);
            using var reader = stream.GetEnumerator();
            for (var i = 0; i < 17; i++)
            {
                reader.MoveNext().ShouldBeTrue();
                reader.Current.ShouldBe(i);
            }

            Should.Throw<FormatException>(() => reader.MoveNext()).Message.ShouldBe("17");
            reader.MoveNext().ShouldBeFalse();
            stream.ShouldBeEmpty();
        }

        foreach (var at in new[] { 0, 3, 19 })
        {
            IEnumerable<int> Input()
            {
                for (var i = 0; i < 20; i++)
                    yield return i < at ? i : throw new IOException("input");
            }

            var (ordered, unordered) = (new List<int>(), new List<int>());
            Should.Throw<IOException>(() => Keep(pool.Stream(Input(), x => x, options), ordered)).Message.ShouldBe("input");
            Should.Throw<IOException>(() => Keep(pool.StreamUnordered(Input(), x => x, options), unordered)).Message.ShouldBe("input");
            ordered.ShouldBe(Enumerable.Range(0, at));
            unordered.Order().ShouldBe(Enumerable.Range(0, at));
        }

        pool.Map([1], x => x).ShouldBe([1]);
    });

    [SkippableFact]
    [Trait("Behaviour", "20")]
    public Task Results_before_the_item_that_takes_too_long_are_delivered() => Within(() =>
    {
        using var pool = Open();
        var results = new List<int>();

        Should.Throw<TimeoutException>(() =>
        {
            foreach (var result in pool.Stream([0, 1, 2, 3], (x, context) => x == 2 ? WaitForCancel(x, context) : x, new() { Timeout = TimeSpan.FromSeconds(2) }))
                results.Add(result);
        }).Message.ShouldStartWith("Item 2 ");

        results.ShouldBe([0, 1]);
    });

    [SkippableFact]
    public Task Leaving_a_stream_early_cancels_the_rest_and_ends_the_input() => Within(() =>
    {
        using var pool = Open();

        for (var round = 0; round < 3; round++)
        {
            var input = new Watched(1000);
            var stream = pool.Stream(input, (x, context) => x < 5 ? x : WaitForCancel(x, context), new() { Batch = 1 });
            ShouldTakeLessThan(TimeSpan.FromSeconds(20), () => stream.Take(3).ShouldBe([0, 1, 2]));

            SpinWait.SpinUntil(() => input.Disposed, Limit).ShouldBeTrue();
            Should.Throw<InvalidOperationException>(() => stream.GetEnumerator()).Message.ShouldContain("left before its end");
        }

        var whole = new Watched(50);
        pool.Stream(whole, x => x).Count().ShouldBe(50);
        SpinWait.SpinUntil(() => whole.Disposed, Limit).ShouldBeTrue();
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });

    [SkippableFact]
    public Task A_stream_that_nobody_reads_on_does_not_hold_up_the_end_of_the_pool() => Within(() =>
    {
        var pool = Open();
        var reader = pool.Stream(Enumerable.Range(0, int.MaxValue), x => x, new() { Buffer = 2 }).GetEnumerator();
        reader.MoveNext().ShouldBeTrue();

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), pool.Dispose);

        Should.Throw<OperationCanceledException>(() =>
        {
            while (reader.MoveNext())
            {
            }
        });
        reader.Dispose();
        Should.Throw<InvalidOperationException>(() => pool.Stream([1], x => x));
    });

    [SkippableFact]
    public Task A_cancelled_stream_ends_with_the_cancellation() => Within(() =>
    {
        using var pool = Open();
        using var source = new CancellationTokenSource();
        var read = 0;

        Should.Throw<OperationCanceledException>(() =>
        {
            foreach (var result in pool.Stream(Enumerable.Range(0, int.MaxValue), (x, context) => x < 3 ? x : WaitForCancel(x, context), cancel: source.Token))
            {
                if (++read == 3)
                    source.CancelAfter(50);
            }
        }).CancellationToken.ShouldBe(source.Token);
        read.ShouldBe(3);
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });

    [SkippableFact]
    public Task Streams_run_side_by_side_in_callbacks_and_inside_items() => Within(() =>
    {
        using var pool = Open();
        var spec = Spec;

        var threads = Enumerable.Range(1, 4).Select(n => Task.Factory.StartNew(
            () => pool.Stream(Enumerable.Range(0, 300), x => x * n, new() { Buffer = 20 }).ShouldBe(Loop(Enumerable.Range(0, 300), x => x * n)),
            TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(threads, Limit).ShouldBeTrue();
        using var done = new ManualResetEventSlim();
        int[] fromCallback = [];
        pool.ApplyAsync(x => x, 3).Then(n =>
        {
            fromCallback = [.. pool.Stream(Enumerable.Range(0, n), x => x)];
            done.Set();
        });
        done.Wait(Limit).ShouldBeTrue();
        fromCallback.ShouldBe([0, 1, 2]);
        foreach (var outer in pool.Stream([10, 20], x => x))
            pool.Map(Enumerable.Range(0, outer), x => x).Length.ShouldBe(outer);
        pool.Map([10, 20], n =>
        {
            using var inner = Pool.Open(spec);
            return inner.Stream(Enumerable.Range(0, n), x => x * 2).Sum();
        }).ShouldBe([90, 380]);
    });

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(3)]
    public Task No_more_items_are_in_flight_than_allowed(int? batch) => Within(() =>
    {
        using var pool = Open();
        var folder = Directory.CreateTempSubdirectory("shoal-").FullName;
        int Count(int x)
        {
            var mine = Path.Combine(folder, $"{x}");
            File.WriteAllText(mine, "");
            var running = Directory.GetFiles(folder).Length;
            Thread.Sleep(2);
            File.Delete(mine);
            return running;
        }

        var items = Enumerable.Range(0, 60).ToArray();
        pool.Map(items, Count, new() { InFlight = 1, Batch = batch }).Max().ShouldBe(1);
        pool.Stream(items.Select(x => x), Count, new() { InFlight = 1, Batch = batch }).Max().ShouldBe(1);
        pool.Map(items, Count, new() { InFlight = 2, Batch = batch }).Max().ShouldBeLessThanOrEqualTo(2);
        Directory.Delete(folder);
    });

    private static void Keep(IEnumerable<int> results, List<int> kept)
    {
        foreach (var result in results)
            kept.Add(result);
    }
}
