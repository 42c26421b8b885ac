namespace Shoal.Tests.Pools;

/// <summary>Allocations are the whole program's: no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(CallCostTests), DisableParallelization = true)]
public sealed class AloneWithTheHeap;

/// <summary>What a call costs an item with progress, a token that may cancel and the report, in bytes and messages: the time is measured by <c>bench/Pools</c>.</summary>
[Collection(nameof(CallCostTests))]
public class CallCostTests
{
    private const int Few = 10_000;
    private const int Many = 110_000;

    // What a call allocates once differs a little from call to call; an allocation an item would be 24 bytes.
    private const double Noise = 1;

    public static TheoryData<string> Specs => ["serial", "auto", "threads:2", "processes:2", "processes:socket"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Specs))]
    public async Task Watching_a_call_adds_no_message_and_no_byte_to_one(string spec)
    {
        await Task.Yield();
        using var pool = Open(spec);
        using var source = new CancellationTokenSource();
        var items = Enumerable.Range(0, Few).ToArray();
        var options = new MapOptions { Batch = 500 };
        // The first call also sends each worker the function for which it has no memory yet.
        Cost(pool, () => pool.Map(items, AddOne, options));

        var plain = Cost(pool, () => pool.Map(items, AddOne, options));
        var watched = Cost(pool, () => pool.Map(items, AddOne, options with { Progress = new Ignored() }, source.Token));

        // Now and then an idle worker takes over half a batch.
        watched.Batches.ShouldBeInRange(plain.Batches - (Few / 100), plain.Batches + (Few / 100));
        // Each worker is sent the function once a call; who gets a batch at all is chance.
        var perCall = pool.Workers * 1_000;
        watched.Received.ShouldBeInRange(plain.Received - perCall, plain.Received + perCall);
        watched.Sent.ShouldBeInRange(plain.Sent - perCall, plain.Sent + perCall);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("processes:2", 4.1, 4.1)]
    [InlineData("processes:socket", 4.1, 20.1)]
    [Trait("Category", "Slow")]
    public async Task A_number_is_its_bytes_and_hardly_more(string spec, double sent, double received)
    {
        await Task.Yield();
        using var pool = Open(spec);
        var options = new MapOptions { Batch = 10_000 };
        var few = Cost(pool, () => pool.Map(Enumerable.Range(0, Few).ToArray(), AddOne, options));
        var many = Cost(pool, () => pool.Map(Enumerable.Range(0, Many).ToArray(), AddOne, options));

        ((many.Sent - few.Sent - pool.Workers * 1_000) / (double)(Many - Few)).ShouldBeLessThan(sent);
        ((many.Received - few.Received) / (double)(Many - Few)).ShouldBeLessThan(received);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Specs))]
    public async Task A_watched_call_allocates_nothing_an_item(string spec)
    {
        await Task.Yield();
        using var pool = Open(spec);
        using var source = new CancellationTokenSource();
        var (few, many) = (Enumerable.Range(0, Few).ToArray(), Enumerable.Range(0, Many).ToArray());
        long Call(int[] items) => Allocated(() => pool.Map(items, AddOne, new() { Batch = items.Length / 10, Progress = new Ignored() }, source.Token));
        for (var warm = 0; warm < 3; warm++)
            Call(many);

        var once = Enumerable.Range(0, 5).Min(_ => Call(few));
        var all = Enumerable.Range(0, 5).Min(_ => Call(many));

        // The array of results is the caller's.
        ((all - once - sizeof(int) * (Many - Few)) / (double)(Many - Few)).ShouldBeLessThan(Noise);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("threads:2")]
    [InlineData("processes:2")]
    public async Task A_worker_allocates_nothing_between_two_items(string spec)
    {
        await Task.Yield();
        const int batch = 1_000;
        using var pool = Open(spec);
        using var source = new CancellationTokenSource();
        var items = Enumerable.Range(0, 20 * batch).ToArray();

        var seen = pool.Map(items, _ => GC.GetAllocatedBytesForCurrentThread(), new() { Batch = batch, Progress = new Ignored() }, source.Token);

        // A batch may cost something, and one may be handed over in parts.
        seen.Zip(seen.Skip(1)).Count(pair => pair.First != pair.Second).ShouldBeLessThan(items.Length / 100);
    }

    private static int AddOne(int x) => x + 1;

    private static Pool Open(string spec)
        => spec == "processes:socket"
            ? Pool.Processes(new PoolOptions { Workers = 2, Environment = new Dictionary<string, string?> { ["SHOAL_TRANSPORT"] = "socket" } })
            : Pool.Open(spec);

    // The least of five calls: what an idle worker takes over is sent once more.
    private static (long Batches, long Sent, long Received) Cost(Pool pool, Action call)
    {
        var (batches, sent, received) = (long.MaxValue, long.MaxValue, long.MaxValue);
        for (var i = 0; i < 5; i++)
        {
            var before = pool.Report;
            call();
            var after = pool.Report;
            batches = Math.Min(batches, after.Batches - before.Batches);
            sent = Math.Min(sent, after.BytesSent - before.BytesSent);
            received = Math.Min(received, after.BytesReceived - before.BytesReceived);
        }

        return (batches, sent, received);
    }

    private static long Allocated(Action call)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        call();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private sealed class Ignored : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
        }
    }
}
