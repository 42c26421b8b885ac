using System.Diagnostics;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Processes under a whole pool: deaths in the middle of a call, and large values.</summary>
public class ProcessPoolTests
{
    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "13")]
    public async Task A_worker_that_is_killed_in_the_middle_does_not_change_the_answers()
    {
        await Task.Yield();
        int[] items = [.. Enumerable.Range(0, 200)];
        var mark = Path.Combine(Path.GetTempPath(), $"shoal-kill-{Guid.NewGuid():N}");
        using Pool pool = Pool.Processes(2);
        try
        {
            var results = pool.Map(items, x => KillOnce(x, mark));

            results.ShouldBe(items.Select(x => x * x));
            File.Exists(mark).ShouldBeTrue();
        }
        finally
        {
            File.Delete(mark);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_poison_item_fails_with_its_signal_and_the_pool_goes_on()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(2);

        WorkerLostException lost = Should.Throw<WorkerLostException>(() => pool.Map(Enumerable.Range(0, 20), x => x == 7 ? Posix.Kill(Environment.ProcessId, Posix.SigKill) : x));

        lost.Message.ShouldContain("9");
        pool.Map([1, 2, 3], x => x + 1).ShouldBe([2, 3, 4]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Large_items_and_results_travel_whole()
    {
        await Task.Yield();
        byte[][] items = [.. Enumerable.Range(1, 3).Select(k => Enumerable.Repeat((byte)k, 20_000_000).ToArray())];
        using Pool pool = Pool.Processes(2);

        var results = pool.Map(items, bytes => bytes);

        for (var i = 0; i < items.Length; i++)
            results[i].AsSpan().SequenceEqual(items[i]).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_captured_array_may_be_larger_than_the_sockets_buffer()
    {
        await Task.Yield();
        double[] large = [.. Enumerable.Range(0, 2_000_000).Select(i => (double)i)];
        using Pool pool = Pool.Processes(2);

        var results = pool.Map(Enumerable.Range(0, 10), i => large[i] + large[^1]);

        results.ShouldBe(Enumerable.Range(0, 10).Select(i => large[i] + large[^1]));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "36")]
    public async Task An_initializer_that_throws_breaks_the_pool_with_its_exception()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = 2, Initializer = () => throw new FormatException("no model") });

        Should.Throw<FormatException>(() => pool.Map([1, 2, 3], x => x)).Message.ShouldContain("no model");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_worker_whose_item_hangs_is_ended_a_tenth_of_a_second_after_the_grace()
    {
        await Task.Yield();
        TimeSpan limit = TimeSpan.FromSeconds(1), grace = TimeSpan.FromSeconds(0.3), fastest = TimeSpan.MaxValue;

        // A busy machine may take longer now and then: one of several tries has to keep the promise.
        for (var attempt = 0; attempt < 8 && fastest > limit + grace + TimeSpan.FromSeconds(0.1); attempt++)
        {
            using Pool pool = Pool.Processes(new PoolOptions { Workers = 1, Grace = grace });
            var process = pool.Apply(() => Environment.ProcessId);
            pool.Map([1], x => Hang(x, 0));
            Stopwatch watch = Stopwatch.StartNew();
            _ = Should.Throw<TimeoutException>(() => pool.Map([1], x => Hang(x, 600_000), new() { Timeout = limit }));
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        }

        fastest.ShouldBeInRange(limit + grace, limit + grace + TimeSpan.FromSeconds(0.1));
    }

    private static int Hang(int x, int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return x;
    }

    private static int KillOnce(int x, string mark)
    {
        if (x == 77 && !File.Exists(mark))
        {
            File.WriteAllText(mark, "");
            _ = Posix.Kill(Environment.ProcessId, Posix.SigKill);
        }
        return x * x;
    }
}
