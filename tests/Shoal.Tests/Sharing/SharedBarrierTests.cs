using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>Meeting, and what happens when one does not come.</summary>
public class SharedBarrierTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 120_000)]
    [Trait("Behaviour", "38"), Trait("Behaviour", "46")]
    public async Task More_tasks_than_cores_meet_again_and_again()
    {
        await Task.Yield();
        const int parties = 6;
        using var pool = Pool.Processes(parties);
        using var barrier = new SharedBarrier(parties);
        using var rounds = new SharedArray<int>(parties);

        var places = pool.Map(
            Enumerable.Range(0, parties),
            i =>
            {
                var sum = 0;
                for (var round = 1; round <= 20; round++)
                {
                    rounds[i] = round;
                    sum += barrier.SignalAndWait(Limit);
                    rounds.ToArray().ShouldAllBe(x => x == round); // nobody is a round ahead before all have looked
                    sum += barrier.SignalAndWait(Limit);
                }

                return sum;
            },
            new() { Batch = 1 });

        places.Sum().ShouldBe(40 * (0 + 1 + 2 + 3 + 4 + 5));
        barrier.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public void One_party_passes_alone()
    {
        using var barrier = new SharedBarrier(1);

        barrier.Parties.ShouldBe(1);
        barrier.SignalAndWait().ShouldBe(0);
        barrier.SignalAndWait(TimeSpan.Zero).ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedBarrier(0));
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void Whoever_gives_up_breaks_it_for_all_until_it_is_reset()
    {
        using var barrier = new SharedBarrier(3);
        var waiter = Wait(barrier);

        Should.Throw<SharedBarrierBrokenException>(() => barrier.SignalAndWait(TimeSpan.FromMilliseconds(50))).Message.ShouldContain("did not arrive within");

        Failure(waiter).ShouldContain("gave up");
        barrier.IsBroken.ShouldBeTrue();
        Should.Throw<SharedBarrierBrokenException>(() => barrier.SignalAndWait(Limit));
        barrier.Reset();
        Meet(barrier);
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void Abort_and_Reset_let_nobody_wait()
    {
        using var barrier = new SharedBarrier(3);
        var aborted = Wait(barrier);
        barrier.Abort();
        Failure(aborted).ShouldContain("Abort");

        barrier.Reset();
        var reset = Wait(barrier);
        SpinWait.SpinUntil(() => !reset.IsCompleted, Limit).ShouldBeTrue();
        while (!reset.IsCompleted)
            barrier.Reset(); // until the waiter has arrived
        Failure(reset).ShouldContain("reset");
        Meet(barrier);
    }

    [Fact]
    public void A_cancelled_wait_breaks_it()
    {
        using var barrier = new SharedBarrier(2);
        using var cancel = new CancellationTokenSource(50);

        Should.Throw<OperationCanceledException>(() => barrier.SignalAndWait(Limit, cancel.Token));

        barrier.IsBroken.ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "46")]
    public async Task The_death_of_one_that_waits_breaks_it_for_the_others()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var barrier = new SharedBarrier(3);
        using var arrived = new SharedCounter();
        using var child = ChildProcess.Start(() =>
        {
            arrived.Increment();
            barrier.SignalAndWait(Limit);
        });
        SpinWait.SpinUntil(() => arrived.Value == 1, Limit).ShouldBeTrue();
        var waiter = Wait(barrier);
        SpinWait.SpinUntil(() => waiter.IsCompleted, 300).ShouldBeFalse();

        child.Kill();

        Failure(waiter).ShouldContain($"process {child.Id} died while it waited");
        barrier.IsBroken.ShouldBeTrue();
    }

    private static Task<int> Wait(SharedBarrier barrier) => Task.Factory.StartNew(() => barrier.SignalAndWait(Limit), TaskCreationOptions.LongRunning);

    private static string Failure(Task waiter) => Should.Throw<SharedBarrierBrokenException>(() => waiter.WaitAsync(Limit).GetAwaiter().GetResult()).Message;

    private static void Meet(SharedBarrier barrier)
    {
        Task<int>[] all = [Wait(barrier), Wait(barrier), Wait(barrier)];
        Task.WhenAll(all).WaitAsync(Limit).GetAwaiter().GetResult().Order().ShouldBe([0, 1, 2]);
    }
}
