namespace Shoal.Tests.Processes;

/// <summary>What a call sends to its workers, counted in the transport.</summary>
public sealed class TransportSizeTests
{
    private const int HundredMegabytes = 100 << 20;
    private const int TenMegabytes = 10 << 20;

    [Fact(Timeout = 60_000)]
    public async Task A_small_local_beside_a_large_array_and_a_stream_is_all_that_is_sent()
    {
        await Task.Yield();
        var k = 3;
        var big = new byte[HundredMegabytes];
        using var stream = new MemoryStream();
        Func<int> others = () => big.Length + (int)stream.Length;
        using var pool = Pool.Processes(2);

        var results = pool.Map([1, 2, 3], x => x + k);

        results.ShouldBe([4, 5, 6]);
        pool.Report.BytesSent.ShouldBeInRange(1, 10_000);
        others().ShouldBe(HundredMegabytes);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_another_captured_function_reads_is_sent_too()
    {
        await Task.Yield();
        var k = 3;
        var big = new byte[TenMegabytes];
        Func<int> others = () => big.Length;
        using var pool = Pool.Processes(1);

        var results = pool.Map([1], x => x + k + others());

        results.ShouldBe([4 + TenMegabytes]);
        pool.Report.BytesSent.ShouldBeGreaterThan(TenMegabytes);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_this_escapes_all_of_it_is_sent()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);

        var results = new Holder(3, new byte[TenMegabytes]).AddTo(pool, 1);

        results.ShouldBe([4]);
        pool.Report.BytesSent.ShouldBeGreaterThan(TenMegabytes);
    }

    private sealed class Holder(int k, byte[] big)
    {
        public int Length => big.Length;

        // Only k is read here, but `this` is handed to a method that could read anything of it.
        public int[] AddTo(Pool pool, int item) => pool.Map([item], x => x + k + Zero(this));

        private static int Zero(object holder) => holder is Holder ? 0 : 1;
    }
}
