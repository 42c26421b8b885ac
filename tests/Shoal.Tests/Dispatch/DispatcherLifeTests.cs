using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <summary>Workers that leave because their time has come, and pools that change their size.</summary>
public class DispatcherLifeTests
{
    private const long IdleTimeout = 1000;

    private static Dispatcher Open(int workers, int tasks = 0, long idle = 0, bool eager = true)
    {
        var dispatcher = new Dispatcher(new DispatchSettings { Scheme = "processes", Workers = workers, EagerStart = eager, TasksPerWorker = tasks, IdleTimeout = idle });
        foreach (var start in Drain(dispatcher, InstructionKind.Start))
            dispatcher.Ready(0, start.Worker);
        return dispatcher;
    }

    private static Instruction[] Drain(Dispatcher dispatcher, params InstructionKind[] kinds)
    {
        var all = dispatcher.Instructions.Where(next => kinds.Contains(next.Kind)).Select(next => next with { Batch = 0 }).ToArray();
        dispatcher.Instructions.Clear();
        return all;
    }

    [Fact]
    public void A_worker_that_ran_its_items_leaves_and_its_replacement_does_not_wait_for_its_end()
    {
        var dispatcher = Open(1, tasks: 3);
        dispatcher.Called(0, new CallPlan(1, 5, Batch: 5));
        Drain(dispatcher, InstructionKind.Send).ShouldBe([new(InstructionKind.Send, 0, 1, 0, 3)]);

        dispatcher.Finished(1, 0, 1, 0, 3);

        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start)
            .ShouldBe([new(InstructionKind.Stop), new(InstructionKind.Start, Incarnation: 1)]);
        dispatcher.Ready(2, 0);
        Drain(dispatcher, InstructionKind.Send).ShouldBe([new(InstructionKind.Send, 0, 1, 3, 2)]);
        dispatcher.Left();
        dispatcher.Finished(3, 0, 1, 3, 2);
        Drain(dispatcher, InstructionKind.Complete).Single().Error.ShouldBeNull();
        dispatcher.Counters.Recycled.ShouldBe(1);
        dispatcher.Counters.Lost.ShouldBe(0);
    }

    [Fact]
    public void Items_that_a_failed_batch_did_not_run_do_not_count()
    {
        var dispatcher = Open(1, tasks: 4);
        dispatcher.Called(0, new CallPlan(1, 8, Batch: 3) { Collects = true });
        dispatcher.Finished(1, 0, 1, 0, 1);
        dispatcher.Failed(1, 0, 1, 1, new FormatException());

        Drain(dispatcher, InstructionKind.Send, InstructionKind.Stop).Last().ShouldBe(new(InstructionKind.Send, 0, 1, 2, 1));
        dispatcher.Finished(2, 0, 1, 2, 1);
        Drain(dispatcher, InstructionKind.Send, InstructionKind.Stop).ShouldBe([new(InstructionKind.Send, 0, 1, 3, 1)]);
        dispatcher.Finished(3, 0, 1, 3, 1);
        Drain(dispatcher, InstructionKind.Send, InstructionKind.Stop).ShouldBe([new(InstructionKind.Stop)]);
    }

    [Fact]
    public void The_pool_ends_when_those_that_left_are_gone()
    {
        var dispatcher = Open(1, tasks: 1);
        dispatcher.Called(0, new CallPlan(1, 1));
        dispatcher.Close();
        dispatcher.Finished(1, 0, 1, 0, 1);

        Drain(dispatcher, InstructionKind.Start, InstructionKind.Ended).ShouldBeEmpty();
        dispatcher.Left();

        Drain(dispatcher, InstructionKind.Ended).Length.ShouldBe(1);
    }

    [Fact]
    public void Idle_workers_leave_when_their_time_is_over_and_come_back_for_work()
    {
        var dispatcher = Open(2, idle: IdleTimeout);
        dispatcher.NextDeadline.ShouldBe(IdleTimeout);
        dispatcher.Called(500, new CallPlan(1, 1));
        var busy = Drain(dispatcher, InstructionKind.Send).Single().Worker;
        dispatcher.Finished(700, busy, 1, 0, 1);

        dispatcher.Tick(IdleTimeout);
        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start).ShouldBe([new(InstructionKind.Stop, 1 - busy)]);
        dispatcher.NextDeadline.ShouldBe(700 + IdleTimeout);
        dispatcher.Tick(700 + IdleTimeout);
        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start).ShouldBe([new(InstructionKind.Stop, busy)]);
        dispatcher.NextDeadline.ShouldBe(long.MaxValue);

        dispatcher.Called(5000, new CallPlan(2, 1));
        Drain(dispatcher, InstructionKind.Start).Length.ShouldBe(1);
        dispatcher.Counters.Recycled.ShouldBe(0);
    }

    [Fact]
    public void A_worker_that_says_it_is_spent_leaves_after_its_batch()
    {
        var dispatcher = Open(1);
        dispatcher.Called(0, new CallPlan(1, 2, Batch: 1));
        Drain(dispatcher);
        dispatcher.Spent(1, 0);
        Drain(dispatcher, InstructionKind.Stop).ShouldBeEmpty();

        dispatcher.Finished(2, 0, 1, 0, 1);

        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start, InstructionKind.Send)
            .ShouldBe([new(InstructionKind.Stop), new(InstructionKind.Start, Incarnation: 1)]);
    }

    [Fact]
    public void More_workers_start_and_share_the_call_that_runs()
    {
        var dispatcher = Open(1);
        dispatcher.Called(0, new CallPlan(1, 10, Batch: 1));
        Drain(dispatcher);

        dispatcher.Resize(1, 3);
        Drain(dispatcher, InstructionKind.Resize, InstructionKind.Start)
            .ShouldBe([new(InstructionKind.Resize, Count: 3), new(InstructionKind.Start, 1), new(InstructionKind.Start, 2)]);
        dispatcher.Ready(2, 2);

        Drain(dispatcher, InstructionKind.Send).ShouldBe([new(InstructionKind.Send, 2, 1, 1, 1)]);
        dispatcher.WorkerCount.ShouldBe(3);
    }

    [Fact]
    public void Surplus_workers_leave_at_once_when_idle_and_after_their_batch_when_busy()
    {
        var dispatcher = Open(3);
        dispatcher.Called(0, new CallPlan(1, 1));
        Drain(dispatcher, InstructionKind.Send).ShouldBe([new(InstructionKind.Send, 2, 1, 0, 1)]);

        dispatcher.Resize(1, 1);
        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start).ShouldBe([new(InstructionKind.Stop, 1)]);
        dispatcher.Finished(2, 2, 1, 0, 1);
        Drain(dispatcher, InstructionKind.Stop, InstructionKind.Start).ShouldBe([new(InstructionKind.Stop, 2)]);

        dispatcher.Resize(3, 2);
        Drain(dispatcher, InstructionKind.Start).ShouldBe([new(InstructionKind.Start, 1, Incarnation: 1)]);
    }

    [Fact]
    public void A_pool_that_is_closed_keeps_its_size()
    {
        var dispatcher = Open(1);
        dispatcher.Close();

        dispatcher.Resize(1, 4);

        dispatcher.WorkerCount.ShouldBe(1);
        Drain(dispatcher, InstructionKind.Start, InstructionKind.Resize).ShouldBeEmpty();
    }
}
