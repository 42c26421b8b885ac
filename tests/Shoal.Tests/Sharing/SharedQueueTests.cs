using Shoal.Sharing;
using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>Putting and taking, full and empty, closed, what cannot travel, and deaths.</summary>
public class SharedQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Items_come_in_order_round_and_round_the_ring()
    {
        using var queue = new SharedQueue<string>(capacityInBytes: 1024);
        var next = 0;

        for (var i = 0; i < 2000; i++)
        {
            queue.Put($"item {i} {new string('x', i % 97)}");
            if (queue.Count == 5)
                queue.Take().ShouldStartWith($"item {next++} ");
        }

        while (queue.TryTake(out var item, TimeSpan.Zero))
            item.ShouldStartWith($"item {next++} ");
        next.ShouldBe(2000);
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void Full_and_empty_end_with_the_time()
    {
        using var queue = new SharedQueue<int>(maxItems: 2);
        Should.Throw<TimeoutException>(() => queue.Take(TimeSpan.FromMilliseconds(20))).Message.ShouldContain("was empty for");
        queue.TryTake(out _, TimeSpan.Zero).ShouldBeFalse();

        queue.Put(1);
        queue.TryPut(2, TimeSpan.Zero).ShouldBeTrue();

        queue.TryPut(3, TimeSpan.Zero).ShouldBeFalse();
        Should.Throw<TimeoutException>(() => queue.Put(3, TimeSpan.FromMilliseconds(20))).Message.ShouldContain("was full for");
        using var cancel = new CancellationTokenSource(50);
        Should.Throw<OperationCanceledException>(() => queue.Put(3, Limit, cancel.Token));
        queue.Take().ShouldBe(1);
        queue.Take().ShouldBe(2);
    }

    [Fact]
    public void Bytes_are_a_limit_too_and_an_item_that_never_fits_is_refused()
    {
        using var queue = new SharedQueue<byte[]>(capacityInBytes: 4096);

        queue.TryPut(new byte[3000], TimeSpan.Zero).ShouldBeTrue();
        queue.TryPut(new byte[3000], TimeSpan.Zero).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => queue.Put(new byte[5000])).Message.ShouldContain("Make it with a larger capacityInBytes");
        queue.Take().Length.ShouldBe(3000);
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedQueue<int>(0));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedQueue<int>(1, 100));
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void A_closed_queue_takes_nothing_more_and_gives_what_it_has()
    {
        using var queue = new SharedQueue<int>();
        queue.Put(1);
        queue.Put(2);

        queue.Close();

        queue.IsClosed.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => queue.Put(3)).Message.ShouldContain("is closed and takes no more items");
        queue.Take().ShouldBe(1);
        queue.TryTake(out var last, Limit).ShouldBeTrue();
        last.ShouldBe(2);
        queue.TryTake(out _, Limit).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => queue.Take(Limit)).Message.ShouldContain("nothing is left in it");
    }

    [Fact(Timeout = 60_000)]
    public async Task Closing_wakes_those_that_wait()
    {
        using var queue = new SharedQueue<int>();
        var taker = Task.Factory.StartNew(() => queue.TryTake(out _, Limit), TaskCreationOptions.LongRunning);

        queue.Close();

        (await taker).ShouldBeFalse();
    }

    [Fact]
    [Trait("Behaviour", "46")]
    public void An_item_that_cannot_travel_does_not_stop_the_others()
    {
        using var queue = new SharedQueue<object>();

        queue.Put(1);
        Should.Throw<ArgumentException>(() => queue.Put(new MemoryStream())).Message.ShouldContain("item: MemoryStream cannot travel");
        queue.Put("two");

        queue.Take().ShouldBe(1);
        queue.Take().ShouldBe("two");
        queue.Count.ShouldBe(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Workers_and_the_program_feed_each_other_through_a_small_queue()
    {
        await Task.Yield();
        using var pool = Pool.Processes(2);
        using var tasks = new SharedQueue<int>(maxItems: 4);
        using var answers = new SharedQueue<(int, int)>(capacityInBytes: 1024);
        var workers = pool.MapAsync(
            [0, 1],
            _ =>
            {
                var taken = 0;
                for (; tasks.TryTake(out var x, Limit); taken++)
                    answers.Put((x, x * x), Limit);
                return taken;
            },
            new() { Batch = 1 });
        var feeder = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 1000; i++)
                    tasks.Put(i, Limit);
                tasks.Close();
            },
            TaskCreationOptions.LongRunning);

        var results = Enumerable.Range(0, 1000).Select(_ => answers.Take(Limit)).ToDictionary();

        await feeder;
        results.ShouldBe(Enumerable.Range(0, 1000).ToDictionary(i => i, i => i * i), ignoreOrder: true);
        workers.Wait(Limit).Sum().ShouldBe(1000);
    }

    [Fact(Timeout = 120_000)]
    [Trait("Category", "Slow")]
    public async Task Killed_feeders_leave_a_whole_queue()
    {
        await Task.Yield();
        using var queue = new SharedQueue<int[]>(capacityInBytes: 1 << 16);
        using var fed = new SharedCounter();
        for (var round = 0; round < 5; round++)
        {
            using var feeder = ChildProcess.Start(() =>
            {
                for (var i = 0; ; i++)
                {
                    queue.Put([.. Enumerable.Repeat(i, 1 + i % 50)], Limit);
                    fed.Increment();
                }
            });
            var before = fed.Value;
            for (var taken = 0; taken < 200; taken++)
                queue.Take(Limit).Distinct().Count().ShouldBe(1);
            fed.Value.ShouldBeGreaterThan(before);

            feeder.Kill();
            feeder.Join(Limit).ShouldBeTrue();

            while (queue.TryTake(out var rest, TimeSpan.FromMilliseconds(300)))
                rest.ShouldAllBe(x => x == rest[0]);
            queue.Count.ShouldBe(0);
        }
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "46")]
    public async Task A_process_that_dies_inside_does_not_hold_up_the_others()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var queue = new SharedQueue<int>();
        queue.Put(5);
        using var child = ChildProcess.Start(DieInside, queue, gate.Path);
        gate.WaitForArrival();
        queue.TryTake(out _, TimeSpan.FromMilliseconds(200)).ShouldBeFalse();

        child.Kill();

        queue.Take(Limit).ShouldBe(5);
    }

    private static unsafe void DieInside(SharedQueue<int> queue, string path)
    {
        new SharedMonitor(queue.Segment.Data).Enter(new Deadline(null), default).ShouldBe(Entry.Entered);
        Gate.Pass(path);
    }
}
