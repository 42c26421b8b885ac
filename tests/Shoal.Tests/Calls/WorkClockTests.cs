using System.Diagnostics;
using Shoal.Calls;

namespace Shoal.Tests.Calls;

public class WorkClockTests
{
    [Fact]
    public void Long_items_are_all_measured_part_by_part()
    {
        var clock = new WorkClock();

        for (var i = 0; i < 5; i++)
        {
            clock.Begin();
            Spend(1);
            clock.HasRead();
            Spend(3);
            clock.HasRun();
            Spend(1);
            clock.End();
            clock.Pause();
        }

        Milliseconds(clock.Running).ShouldBeGreaterThanOrEqualTo(15);
        Milliseconds(clock.Serializing).ShouldBeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public void Short_items_miss_no_time()
    {
        var clock = new WorkClock();
        var start = Stopwatch.GetTimestamp();

        for (var i = 0; i < 10_000; i++)
        {
            clock.Begin();
            clock.HasRead();
            // One in ten thousand takes long, at a place where nobody expects it.
            if (i == 5_432)
                Spend(20);
            clock.HasRun();
            clock.End();
        }

        clock.Pause();
        var all = Stopwatch.GetTimestamp() - start;
        Milliseconds(clock.Running).ShouldBeGreaterThanOrEqualTo(19);
        (clock.Running + clock.Serializing).ShouldBeLessThanOrEqualTo(all);
    }

    [Fact]
    public void What_passes_between_a_pause_and_the_next_item_is_not_counted()
    {
        var clock = new WorkClock();
        for (var i = 0; i < 100; i++)
        {
            clock.Begin();
            clock.HasRead();
            clock.HasRun();
            clock.End();
        }

        clock.Pause();
        var before = (clock.Running, clock.Serializing);
        Spend(2);

        (clock.Running, clock.Serializing).ShouldBe(before);
    }

    [Fact]
    public void An_item_that_cannot_be_read_has_not_run()
    {
        var clock = new WorkClock();

        clock.Begin();
        Spend(2);
        clock.End();
        clock.Pause();

        clock.Running.ShouldBe(0);
        Milliseconds(clock.Serializing).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public unsafe void Another_process_sees_the_same_sums_and_what_runs_now()
    {
        var words = stackalloc long[3];
        words[0] = words[1] = words[2] = 0;
        var clock = new WorkClock((nint)words);

        clock.Begin();
        Spend(1);
        clock.HasRead();
        Spend(2);
        Milliseconds(WorkClock.Read(words).Running).ShouldBeGreaterThanOrEqualTo(2);
        clock.HasRun();
        clock.End();
        clock.Pause();

        WorkClock.Read(words).ShouldBe((clock.Running, clock.Serializing));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var clock = new WorkClock();

        AllocatedBytes.Least(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                clock.Begin();
                clock.HasRead();
                clock.HasRun();
                clock.End();
                clock.Pause();
                clock.BeginRun();
                clock.EndRun();
            }
        }).ShouldBe(0);
    }

    private static double Milliseconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalMilliseconds;

    private static void Spend(int milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
            Thread.SpinWait(20);
    }
}
