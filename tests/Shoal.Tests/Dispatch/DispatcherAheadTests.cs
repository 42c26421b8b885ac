using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

public class DispatcherAheadTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    // Two workers of a back end that can do both, and the news of what they were told.
    private static Dispatcher Open()
    {
        var dispatcher = new Dispatcher(new DispatchSettings { Scheme = "processes", Workers = 2, EagerStart = true, SendsAhead = true, TakesBack = true });
        dispatcher.Ready(0, 0);
        dispatcher.Ready(0, 1);
        dispatcher.Instructions.Clear();
        return dispatcher;
    }

    private static (InstructionKind Kind, int Worker, long Start, int Count)[] Drain(Dispatcher dispatcher)
    {
        var all = dispatcher.Instructions.Select(next => (next.Kind, next.Worker, next.Start, next.Count)).ToArray();
        dispatcher.Instructions.Clear();
        return all;
    }

    // Batches of 5 items of 1 ms: after the first one both workers have the next one ahead.
    private static Dispatcher OpenWithBatchesAhead(int items)
    {
        var dispatcher = Open();
        dispatcher.Called(0, new CallPlan(1, items, Batch: 5));
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 0, 5), (InstructionKind.Send, 0, 5, 5)]);
        dispatcher.Finished(5 * Millisecond, 1, 1, 0, 5);
        return dispatcher;
    }

    [Fact]
    public void A_busy_worker_is_sent_its_next_batch_and_one_at_most()
    {
        var dispatcher = OpenWithBatchesAhead(1000);

        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 10, 5), (InstructionKind.Send, 1, 15, 5), (InstructionKind.Send, 0, 20, 5)]);
        dispatcher.Finished(6 * Millisecond, 0, 1, 5, 5);
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 0, 25, 5)]);
    }

    [Fact]
    public void Nothing_is_sent_ahead_before_its_cost_is_known_or_where_a_batch_takes_long_anyway()
    {
        var dispatcher = Open();
        dispatcher.Called(0, new CallPlan(1, 1000, Batch: 5));
        Drain(dispatcher).Length.ShouldBe(2);

        dispatcher.Finished(1000 * Millisecond, 1, 1, 0, 5);

        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 10, 5)]);
    }

    [Fact]
    public void A_death_returns_the_batch_ahead_without_blame()
    {
        var dispatcher = OpenWithBatchesAhead(1000);
        Drain(dispatcher);
        dispatcher.Running(6 * Millisecond, 1, 1, 12);

        dispatcher.Lost(7 * Millisecond, 1, new WorkerLoss { Signal = 9 });
        dispatcher.Ready(8 * Millisecond, 1);

        // The item that ran is blamed and comes by itself; what the worker had not begun is as it was.
        var again = new List<(long, int, int)>();
        for (var at = 9 * Millisecond; again.Count < 4; at += Millisecond)
        {
            while (dispatcher.Instructions.TryDequeue(out var next))
            {
                if (next.Kind == InstructionKind.Send && next.Worker == 1)
                    again.Add((next.Start, next.Count, next.Attempt));
            }

            var (start, count, _) = again[^1];
            dispatcher.Finished(at, 1, 1, start, count);
        }

        again.Take(4).ShouldBe([(10, 2, 0), (12, 1, 1), (13, 2, 0), (15, 5, 0)]);
        dispatcher.Counters.RunAgain.ShouldBe(1);
    }

    [Fact]
    public void An_idle_worker_gets_the_batch_that_waits_behind_a_slow_one()
    {
        // 30 items: both have one ahead, and one more is left.
        var dispatcher = OpenWithBatchesAhead(30);
        var ahead = dispatcher.Instructions.Last(next => next.Worker == 0);
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 10, 5), (InstructionKind.Send, 1, 15, 5), (InstructionKind.Send, 0, 20, 5)]);
        dispatcher.Finished(10 * Millisecond, 1, 1, 10, 5);
        Drain(dispatcher).ShouldBeEmpty("at the tail nothing is sent ahead");
        dispatcher.Finished(15 * Millisecond, 1, 1, 15, 5);
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 25, 5)]);
        dispatcher.Finished(20 * Millisecond, 1, 1, 25, 5);
        dispatcher.Instructions.Single().Batch.ShouldBe(ahead.Batch);
        Drain(dispatcher).ShouldBe([(InstructionKind.TakeBack, 0, 0, 0)]);

        dispatcher.TakenBack(20 * Millisecond, 0, ahead.Batch, 20);

        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 20, 5)]);
        dispatcher.Finished(25 * Millisecond, 1, 1, 20, 5);
        dispatcher.Finished(26 * Millisecond, 0, 1, 5, 5);
        Drain(dispatcher)[^1].Kind.ShouldBe(InstructionKind.Complete);
        dispatcher.Counters.Items.ShouldBe(30);
    }

    [Fact]
    public void An_idle_worker_gets_the_rear_half_of_what_another_has_not_begun()
    {
        var dispatcher = Open();
        dispatcher.Called(0, new CallPlan(1, 101, Batch: 100));
        var long_ = dispatcher.Instructions.First(next => next.Count == 100);
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 0, 100), (InstructionKind.Send, 0, 100, 1)]);
        dispatcher.Finished(Millisecond, 0, 1, 100, 1);
        Drain(dispatcher).ShouldBe([(InstructionKind.TakeHalf, 1, 0, 0)]);

        // The worker runs item 3 by now. Its results come before the answer or after it.
        dispatcher.Finished(2 * Millisecond, 1, 1, 0, 3);
        dispatcher.TakenBack(2 * Millisecond, 1, long_.Batch, 52);

        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 0, 52, 48)]);
        dispatcher.Finished(9 * Millisecond, 0, 1, 52, 48);
        dispatcher.Finished(9 * Millisecond, 1, 1, 3, 49);
        Drain(dispatcher)[^1].Kind.ShouldBe(InstructionKind.Complete);
        dispatcher.Counters.Items.ShouldBe(101);
    }

    [Fact]
    public void An_answer_about_a_batch_that_is_over_changes_nothing()
    {
        var dispatcher = Open();
        dispatcher.Called(0, new CallPlan(1, 101, Batch: 100) { Collects = true });
        var long_ = dispatcher.Instructions.First(next => next.Count == 100);
        Drain(dispatcher);
        dispatcher.Finished(Millisecond, 0, 1, 100, 1);
        Drain(dispatcher).ShouldBe([(InstructionKind.TakeHalf, 1, 0, 0)]);

        // The rest came back with the failure, and is under way again.
        dispatcher.Failed(2 * Millisecond, 1, 1, 0, new FormatException());
        Drain(dispatcher).ShouldBe([(InstructionKind.Send, 1, 1, 99)]);
        dispatcher.TakenBack(3 * Millisecond, 1, long_.Batch, 50);

        Drain(dispatcher).Where(next => next.Kind == InstructionKind.Send).ShouldBeEmpty();
        dispatcher.Finished(9 * Millisecond, 1, 1, 1, 99);
        dispatcher.OpenCalls.ShouldBe(0);
    }
}
