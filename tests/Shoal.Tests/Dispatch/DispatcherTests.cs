using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

public class DispatcherTests
{
    private static readonly WorkerLoss Killed = new() { ProcessId = 4121, Signal = 9 };
    private static readonly WorkerLoss Asked = new() { Asked = true };

    private static Dispatcher Open(int workers, bool eager = true)
        => new(new DispatchSettings { Scheme = "processes", Workers = workers, EagerStart = eager });

    private static Instruction[] Drain(Dispatcher dispatcher)
    {
        var all = dispatcher.Instructions.Select(next => next with { Batch = 0 }).ToArray();
        dispatcher.Instructions.Clear();
        return all;
    }

    private static void StartAll(Dispatcher dispatcher)
    {
        foreach (var start in Drain(dispatcher).Where(next => next.Kind == InstructionKind.Start))
            dispatcher.Ready(0, start.Worker);
    }

    [Fact]
    public void A_death_blames_the_item_that_ran_and_returns_the_rest()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 8, Batch: 8));
        Drain(dispatcher).ShouldBe([new(InstructionKind.Send, 0, 1, 0, 8)]);
        dispatcher.Finished(1, 0, 1, 0, 3);
        dispatcher.Running(1, 0, 1, 4);

        dispatcher.Lost(2, 0, Killed);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Start)]);
        dispatcher.Ready(3, 0);
        var sent = new List<(long Start, int Count, int Attempt)>();
        for (var now = 4; dispatcher.Instructions.TryDequeue(out var next); now++)
        {
            if (next.Kind != InstructionKind.Send)
                continue;
            sent.Add((next.Start, next.Count, next.Attempt));
            dispatcher.Finished(now, 0, 1, next.Start, next.Count);
        }

        sent.ShouldBe([(3, 1, 0), (4, 1, 1), (5, 3, 0)]);
        dispatcher.Counters.RunAgain.ShouldBe(1);
        dispatcher.Counters.Lost.ShouldBe(1);
        dispatcher.Counters.Items.ShouldBe(8);
    }

    [Fact]
    public void The_second_death_of_an_item_fails_the_call()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 1));
        for (var death = 0; death < 2; death++)
        {
            dispatcher.Running(0, 0, 1, 0);
            dispatcher.Lost(1, 0, Killed);
            dispatcher.Ready(2, 0);
        }

        var outcome = Drain(dispatcher).Single(next => next.Kind == InstructionKind.Complete).Error.ShouldBeOfType<WorkerLostException>();
        outcome.Index.ShouldBe(0);
        outcome.Message.ShouldBe(
            "Worker 0 (processes, pid 4121) ended with signal 9 (SIGKILL) while it ran item 0. Usual causes: the system ran out of memory, or someone killed it.");
    }

    [Fact]
    public void Workers_that_die_in_silence_are_not_replaced_for_ever()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 4, Batch: 4, Retries: 0));
        var deaths = 0;

        while (dispatcher.OpenCalls > 0)
        {
            deaths++.ShouldBeLessThan(10);
            dispatcher.Lost(1, 0, Killed);
            dispatcher.Ready(2, 0);
        }

        deaths.ShouldBe(Constants.SilentDeaths);
    }

    [Fact]
    public void A_start_error_breaks_the_pool_and_every_later_call()
    {
        var dispatcher = Open(2);
        Drain(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 4));
        var error = new ShoalException("no hook");

        dispatcher.Lost(1, 0, new WorkerLoss { StartError = error });
        dispatcher.Called(2, new CallPlan(2, 4));

        Drain(dispatcher).Where(next => next.Kind == InstructionKind.Complete).Select(next => (next.Call, next.Error)).ShouldBe([(1, error), (2, error)]);
    }

    [Fact]
    public void Starts_in_vain_break_the_pool_instead_of_going_on()
    {
        var dispatcher = Open(1);
        dispatcher.Called(0, new CallPlan(1, 4));

        for (var i = 0; i < Constants.StartsInVain; i++)
        {
            dispatcher.Broken.ShouldBeNull();
            dispatcher.Lost(1, 0, new WorkerLoss { ExitCode = 3 });
        }

        dispatcher.Broken.ShouldBeOfType<WorkerLostException>().Message.ShouldContain("exited with code 3 before it was ready");
        Drain(dispatcher).Count(next => next.Kind == InstructionKind.Start).ShouldBe(Constants.StartsInVain);
    }

    [Fact]
    public void An_item_that_does_not_stop_costs_its_worker_and_blames_nobody_else()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        var limit = TimeSpan.FromSeconds(1).Ticks;
        dispatcher.Called(0, new CallPlan(1, 8, Batch: 8, Timeout: limit));
        Drain(dispatcher);
        dispatcher.Running(5, 0, 1, 0);
        dispatcher.NextDeadline.ShouldBe(5 + limit + TimeSpan.FromSeconds(2).Ticks + Constants.ReportDelay);
        dispatcher.Finished(limit, 0, 1, 0, 3);
        dispatcher.Running(limit, 0, 1, 3);

        dispatcher.Tick(dispatcher.NextDeadline);
        Drain(dispatcher).ShouldBeEmpty("the item that runs began later");
        dispatcher.NextDeadline.ShouldBe(limit + limit + TimeSpan.FromSeconds(2).Ticks + Constants.ReportDelay);
        dispatcher.Tick(dispatcher.NextDeadline);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Kill)]);
        dispatcher.Lost(long.MaxValue / 2, 0, Asked);

        var outcome = Drain(dispatcher).Single(next => next.Kind == InstructionKind.Complete).Error.ShouldBeOfType<TimeoutException>();
        outcome.Message.ShouldStartWith("Item 3 ran longer than MapOptions.Timeout allows (00:00:01). It did not stop within the grace of 00:00:02 either");
        dispatcher.Counters.Items.ShouldBe(3);
        dispatcher.Counters.RunAgain.ShouldBe(0);
        dispatcher.Counters.Lost.ShouldBe(0);
        dispatcher.NextDeadline.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Results_that_are_read_after_the_news_of_the_next_item_leave_it_its_limit()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 8, Batch: 8, Timeout: 10));
        Drain(dispatcher);
        dispatcher.Running(5, 0, 1, 3);
        dispatcher.Finished(6, 0, 1, 0, 3);

        dispatcher.NextDeadline.ShouldBe(5 + 10 + TimeSpan.FromSeconds(2).Ticks + Constants.ReportDelay);
        dispatcher.Tick(dispatcher.NextDeadline);

        Drain(dispatcher).ShouldBe([new(InstructionKind.Kill)]);
    }

    [Fact]
    public void News_that_come_late_make_no_item_time_out()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 8, Batch: 8, Timeout: 10));
        Drain(dispatcher);
        dispatcher.Running(0, 0, 1, 0);
        dispatcher.Tick(dispatcher.NextDeadline);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Kill)]);

        // What the worker had said before it was killed.
        dispatcher.Finished(1, 0, 1, 0, 2);
        dispatcher.Running(1, 0, 1, 2);
        dispatcher.Lost(2, 0, Asked);
        dispatcher.Ready(3, 0);

        Drain(dispatcher).ShouldBe([new(InstructionKind.Start), new(InstructionKind.Send, 0, 1, 2, 6)]);
        dispatcher.Finished(4, 0, 1, 2, 6);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Complete, 0, 1)]);
    }

    [Fact]
    public void After_a_failure_items_below_are_finished_and_none_above_is_begun()
    {
        var dispatcher = Open(3);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 100, Batch: 1));
        Drain(dispatcher).Select(next => (next.Worker, next.Start)).ShouldBe([(2, 0), (1, 1), (0, 2)]);
        var error = new FormatException();

        dispatcher.Failed(1, 1, 1, 1, error);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Cancel, 0, 1)]);
        dispatcher.Finished(2, 2, 1, 0, 1);

        Drain(dispatcher).ShouldBe([new(InstructionKind.Complete, 0, 1, Error: error)]);
        dispatcher.WorkRuns.ShouldBeTrue();
        dispatcher.NextDeadline.ShouldBe(1 + TimeSpan.FromSeconds(2).Ticks);
        dispatcher.Tick(dispatcher.NextDeadline);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Kill, 0)]);
        dispatcher.Lost(9, 0, Asked);
        dispatcher.WorkRuns.ShouldBeFalse();
        dispatcher.Counters.Lost.ShouldBe(0);
    }

    [Fact]
    public void A_refused_item_fails_at_its_place_and_the_items_before_it_still_run()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 10, Batch: 10));
        Drain(dispatcher);
        var error = new ArgumentException("cannot travel");

        dispatcher.Refused(1, 0, 1, 6, error);
        Drain(dispatcher).ShouldBe([new(InstructionKind.Send, 0, 1, 0, 6)]);
        dispatcher.Finished(2, 0, 1, 0, 6);

        Drain(dispatcher).ShouldBe([new(InstructionKind.Complete, 0, 1, Error: error)]);
    }

    [Fact]
    public void Calls_take_turns()
    {
        var dispatcher = Open(1);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, 4, Batch: 1));
        dispatcher.Called(0, new CallPlan(2, 2, Batch: 1));
        var order = new List<int>();

        for (var now = 1; dispatcher.Instructions.TryDequeue(out var next); now++)
        {
            if (next.Kind != InstructionKind.Send)
                continue;
            order.Add(next.Call);
            dispatcher.Finished(now, 0, next.Call, next.Start, next.Count);
        }

        order.ShouldBe([1, 1, 2, 1, 2, 1]);
    }

    [Fact]
    public void A_lazy_input_is_taken_within_a_window()
    {
        var dispatcher = Open(2);
        StartAll(dispatcher);

        dispatcher.Called(0, new CallPlan(1, -1, Batch: 1));
        var asked = Drain(dispatcher).Single(next => next.Kind == InstructionKind.Take).Count;
        dispatcher.Taken(1, 1, asked, ended: false);

        asked.ShouldBe(Constants.SmallestWindow);
        Drain(dispatcher).ShouldAllBe(next => next.Kind == InstructionKind.Send);
    }

    [Fact]
    public void Batches_grow_to_the_time_they_should_take_and_shrink_at_the_end()
    {
        // 1,000 workers, a million items of 1 µs, 100 µs to hand one out: a simulation small enough for every build.
        const int Workers = 1000;
        const int Items = 1_000_000;
        var dispatcher = Open(Workers);
        StartAll(dispatcher);
        dispatcher.Called(0, new CallPlan(1, Items));
        var events = new PriorityQueue<Instruction, long>();
        var largest = 0;
        long now = 0;

        while (true)
        {
            while (dispatcher.Instructions.TryDequeue(out var next))
            {
                if (next.Kind != InstructionKind.Send)
                    continue;
                largest = Math.Max(largest, next.Count);
                events.Enqueue(next, now + 1000 + next.Count * 10L);
            }

            if (!events.TryDequeue(out var done, out now))
                break;
            dispatcher.Finished(now, done.Worker, 1, done.Start, done.Count);
        }

        dispatcher.Counters.Items.ShouldBe(Items);
        dispatcher.OpenCalls.ShouldBe(0);
        largest.ShouldBeInRange(200, Items / (2 * Workers));
        dispatcher.Counters.Batches.ShouldBeLessThan(12 * Workers);
        // The best that 1,000 workers could do with one batch each is 1,100 µs.
        now.ShouldBeLessThan(3 * 11_000);
    }
}
