namespace Shoal.Tests.Processes;

/// <summary>Worker processes that may not use more than so much memory.</summary>
public class MemoryLimitTests
{
    private const long Megabyte = 1024 * 1024;

    private static readonly List<byte[]> Leaked = [];

    private static Pool Open(int megabytes, int workers = 1) => Pool.Processes(new PoolOptions { Workers = workers, MemoryLimit = megabytes * Megabyte });

    private static byte[] Filled(long bytes)
    {
        var array = new byte[bytes];
        Array.Fill(array, (byte)1);
        return array;
    }

    private static int Hold(int megabytes)
    {
        List<byte[]> held = [];
        for (var i = 0; i < megabytes; i += 10)
            held.Add(Filled(10 * Megabyte));
        Thread.Sleep(TimeSpan.FromSeconds(30)); // it ends by being killed
        return held.Count;
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_item_that_uses_too_much_fails_with_the_limit_and_the_figure(int retries)
    {
        await Task.Yield();
        using Pool pool = Open(150);

        WorkerLostException lost = Should.Throw<WorkerLostException>(() => pool.Map([0, 1, 250, 3], x => x == 250 ? Hold(x) : x, new() { Retries = retries, Batch = 2 }));

        lost.Message.ShouldMatch(@"ended with signal 9 \(SIGKILL\) while it ran item 2\. It used (1[5-9]|[2-9]\d)\d MB, more than MemoryLimit 150 MB\. Raise PoolOptions\.MemoryLimit");
        lost.Index.ShouldBe(2);
        pool.Report.ItemsRunAgain.ShouldBe(retries);
        pool.Map([1, 2], x => x + 1).ShouldBe([2, 3]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_leaks_is_replaced_between_batches_and_nobody_is_blamed()
    {
        await Task.Yield();
        using Pool pool = Open(150);

        (int Value, int Process)[] results = pool.Map(
            Enumerable.Range(0, 24),
            x =>
            {
                Leaked.Add(Filled(20 * Megabyte));
                return (x * x, Environment.ProcessId);
            },
            new() { Batch = 1, Retries = 0 });

        results.Select(result => result.Value).ShouldBe(Enumerable.Range(0, 24).Select(x => x * x));
        results.Select(result => result.Process).Distinct().Count().ShouldBeGreaterThan(2);
        PoolReport report = pool.Report;
        report.WorkersRecycled.ShouldBeGreaterThanOrEqualTo(2);
        report.WorkersLost.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Category", "Slow")]
    public async Task Garbage_is_no_memory_that_a_worker_uses()
    {
        await Task.Yield();
        using Pool pool = Open(150);

        pool.Map(Enumerable.Range(0, 20), x => Enumerable.Range(0, 25).Sum(_ => Filled(4 * Megabyte)[x]), new() { Retries = 0 })
            .ShouldAllBe(sum => sum == 25);

        (pool.Report.WorkersLost, pool.Report.WorkersRecycled).ShouldBe((0, 0));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Category", "Slow")]
    public async Task What_is_shared_is_not_counted()
    {
        await Task.Yield();
        using Pool pool = Open(100);
        using SharedArray<byte> shared = new(200 * 1024 * 1024);

        var processes = pool.Map(Enumerable.Range(0, 4), x =>
        {
            shared.Span.Fill((byte)x);
            Thread.Sleep(300); // several looks of the pool
            return Environment.ProcessId;
        }, new() { Batch = 1, Retries = 0 });

        processes.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_limit_that_an_idle_worker_needs_is_refused_as_is_one_on_threads()
    {
        Should.Throw<ArgumentException>(() => Open(40)).Message.ShouldContain("MemoryLimit must be 67108864 bytes (64 MB) or more, since an idle worker needs about 40 MB (was 41943040)");
        Should.Throw<ArgumentException>(() => Pool.Threads(new PoolOptions { MemoryLimit = 100 * Megabyte })).Message.ShouldContain("MemoryLimit cannot be kept by 'threads'");
    }
}
