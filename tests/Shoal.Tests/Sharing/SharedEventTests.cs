namespace Shoal.Tests.Sharing;

/// <summary>The flag, and the counter.</summary>
public class SharedEventTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void It_stays_set_until_it_is_reset()
    {
        using var flag = new SharedEvent(set: true);

        flag.Wait().ShouldBeTrue();
        flag.Wait(TimeSpan.Zero).ShouldBeTrue();
        flag.Reset();
        flag.IsSet.ShouldBeFalse();
        flag.Wait(TimeSpan.Zero).ShouldBeFalse();
        flag.Wait(TimeSpan.FromMilliseconds(150)).ShouldBeFalse();
        using var cancel = new CancellationTokenSource(50);
        Should.Throw<OperationCanceledException>(() => flag.Wait(Limit, cancel.Token));
        flag.Set();
        flag.Set();
        flag.IsSet.ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "46")]
    public async Task Setting_it_lets_all_go_on_that_wait_in_other_processes()
    {
        await Task.Yield();
        using var arrived = new SharedCounter();
        using var flag = new SharedEvent();
        using var answer = new SharedEvent();
        ChildProcess<bool>[] children = [.. Enumerable.Range(0, 3).Select(_ => ChildProcess.Start(() =>
        {
            arrived.Increment();
            var heard = flag.Wait(Limit);
            answer.Set();
            return heard;
        }))];
        SpinWait.SpinUntil(() => arrived.Value == 3, Limit).ShouldBeTrue();

        flag.Set();

        answer.Wait(Limit).ShouldBeTrue();
        foreach (var child in children)
        {
            child.Wait(Limit).ShouldBeTrue();
            child.Dispose();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Setting_wakes_at_once_and_not_at_the_end_of_a_slice()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        using var ping = new SharedEvent();
        using var pong = new SharedEvent();
        var call = pool.ApplyAsync(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                ping.Wait(Limit).ShouldBeTrue();
                ping.Reset();
                pong.Set();
            }

            return true;
        });

        // 200 rounds of at most one slice each would take 20 s and more; woken, they take milliseconds.
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 200; i++)
        {
            ping.Set();
            pong.Wait(Limit).ShouldBeTrue();
            pong.Reset();
        }

        call.Wait(Limit).ShouldBeTrue();
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void A_counter_adds_takes_away_and_changes()
    {
        using var counter = new SharedCounter(5);

        counter.Add(10).ShouldBe(15);
        counter.Decrement().ShouldBe(14);
        counter.Increment().ShouldBe(15);
        counter.Exchange(-1).ShouldBe(15);
        counter.Value.ShouldBe(-1);
        counter.Exchange(long.MaxValue);
        counter.Increment().ShouldBe(long.MinValue);
        counter.Dispose();
        Should.Throw<ObjectDisposedException>(() => counter.Value).Message.ShouldContain("SharedCounter is disposed");
    }
}
