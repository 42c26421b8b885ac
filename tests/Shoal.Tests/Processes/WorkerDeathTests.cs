using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shoal.Backends;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>How workers end, and that it is told once, soon and truthfully.</summary>
public class WorkerDeathTests
{
    internal static readonly string[] Ways = ["exit 0", "exit 3", "exit 137", "_exit 42", "_exit 137", "fail fast", "stack overflow", "segmentation fault", "kill"];

    [Theory(Timeout = 60_000)]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 3", 3, null)]
    [InlineData("exit 137", 137, null)]
    [InlineData("_exit 42", 42, null)]
    [InlineData("_exit 137", 137, null)]
    [InlineData("fail fast", null, 6)]
    [InlineData("stack overflow", null, 6)]
    [InlineData("segmentation fault", null, 11)]
    [InlineData("kill", null, 9)]
    [Trait("Behaviour", "11")]
    public async Task A_worker_that_dies_is_told_with_its_code_or_signal(string way, int? exitCode, int? signal)
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();
        var chosen = Array.IndexOf(Ways, way);

        FakeJob job = workers.Send(x => x == 3 ? Die(chosen) : x, 1, 2, 3, 4);
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.ExitCode.ShouldBe(exitCode);
        lost.Loss.Signal.ShouldBe(signal);
        lost.Loss.ProcessId.ShouldBe(process);
        lost.Loss.Asked.ShouldBeFalse();
        lost.Loss.StartError.ShouldBeNull();
        job.Results.ShouldBe([1, 2, 0, 0]);
        workers.Log.All.OfType<FinishedReport>().Sum(report => report.Count).ShouldBe(2);
        workers.Log.All.OfType<RunningReport>().Last().Index.ShouldBe(2);
        workers.Log.All.Last().ShouldBe(lost);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_last_lines_of_its_standard_error_are_kept()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        workers.Send(_ =>
        {
            Console.Error.WriteLine("the disk is full");
            Environment.FailFast("giving up");
            return 0;
        }, 1);
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.LastLines.ShouldContain("the disk is full");
        lost.Loss.LastLines.ShouldContain(line => line.Contains("giving up"));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "13")]
    public async Task A_death_is_noticed_within_half_a_second()
    {
        await Task.Yield();
        TimeSpan fastest = TimeSpan.MaxValue;

        // A busy machine may take longer now and then: one of several tries has to keep the promise.
        for (var attempt = 0; attempt < 5 && fastest > TimeSpan.FromSeconds(0.5); attempt++)
        {
            using TestBackend workers = new();
            var process = workers.Start();
            workers.Send(x => Sleep(x), 50_000);
            _ = workers.Log.Next<RunningReport>();
            Stopwatch watch = Stopwatch.StartNew();
            _ = Posix.Kill(process, Posix.SigKill);
            _ = workers.Log.Next<LostReport>();
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
        }

        fastest.ShouldBeLessThan(TimeSpan.FromSeconds(0.5));
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "13")]
    public async Task An_idle_worker_that_is_killed_is_told_and_blames_no_item()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();

        _ = Posix.Kill(process, Posix.SigKill);
        workers.Send(x => x, 1); // before or after the pool knows: nothing comes of it
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.Signal.ShouldBe(9);
        workers.Log.All.OfType<RunningReport>().ShouldBeEmpty();
        workers.Start();
        workers.Run(x => x + 1, 1).ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "29")]
    public async Task What_a_worker_started_ends_with_it_and_is_not_waited_for()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();
        var grandchild = workers.Run(_ => Process.Start("/bin/sleep", "100").Id);
        TestBackend.IsAlive(grandchild).ShouldBeTrue();

        Stopwatch watch = Stopwatch.StartNew();
        workers.Send(_ => Die(0), 0);
        _ = workers.Log.Next<LostReport>();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        TestBackend.WaitUntilGone(grandchild, TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_grandchild_in_a_session_of_its_own_holds_the_output_and_nobody_waits()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();
        var grandchild = workers.Run(_ => Process.Start("/usr/bin/setsid", ["/bin/sleep", "100"]).Id);
        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            _ = Posix.Kill(process, Posix.SigKill);
            _ = workers.Log.Next<LostReport>();

            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        }
        finally
        {
            _ = Posix.Kill(grandchild, Posix.SigKill);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Stopping_lets_the_batch_finish()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        FakeJob job = workers.Send(x => Sleep(20) + x, 1, 2, 3);
        workers.Backend.Stop(0, kill: false);
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.Asked.ShouldBeTrue();
        lost.Loss.ExitCode.ShouldBe(0);
        job.Results.ShouldBe([21, 22, 23]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Killing_does_not_wait_for_the_batch()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();
        workers.Send(x => Sleep(x), 50_000);
        _ = workers.Log.Next<RunningReport>();

        Stopwatch watch = Stopwatch.StartNew();
        workers.Backend.Stop(0, kill: true);
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.Asked.ShouldBeTrue();
        lost.Loss.Signal.ShouldBe(9);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_can_be_stopped_while_it_starts(bool kill)
    {
        await Task.Yield();
        using TestBackend workers = new();

        workers.Backend.Start(0, workers.Log);
        workers.Backend.Stop(0, kill);
        LostReport lost = workers.Log.Next<LostReport>();

        lost.Loss.Asked.ShouldBeTrue();
        lost.Loss.StartError.ShouldBeNull();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_is_stopped_by_a_signal_can_still_be_killed_while_a_large_item_is_on_its_way()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();
        _ = Posix.Kill(process, 19); // SIGSTOP
        var large = new byte[20_000_000];

        workers.Send(x => x + large.Length, 1);
        workers.Backend.Stop(0, kill: true);

        workers.Log.Next<LostReport>().Loss.Signal.ShouldBe(9);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_says_nothing_is_ended_after_the_limit()
    {
        await Task.Yield();
        using TestBackend workers = new(plan: new LaunchPlan("/bin/sleep", ["100"], "none"), helloLimit: TimeSpan.FromMilliseconds(200));
        workers.Backend.Start(0, workers.Log);

        WorkerLoss loss = workers.Log.Next<LostReport>().Loss;

        loss.StartError.ShouldBeOfType<ShoalException>().Message.ShouldContain("did not say hello within 0.2 s");
        TestBackend.IsAlive(loss.ProcessId).ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_ends_at_once_is_shown_with_its_last_lines()
    {
        await Task.Yield();
        using TestBackend workers = new(plan: new LaunchPlan("/bin/sh", ["-c", "echo no such framework >&2; exit 131"], "none"));
        workers.Backend.Start(0, workers.Log);

        var message = workers.Log.Next<LostReport>().Loss.StartError.ShouldBeOfType<ShoalException>().Message;

        message.ShouldContain("exit code 131");
        message.ShouldContain("no such framework");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_is_missing_is_named()
    {
        await Task.Yield();
        using TestBackend workers = new(plan: new LaunchPlan("/no/such/program", [], "none"));
        workers.Backend.Start(0, workers.Log);

        WorkerLoss loss = workers.Log.Next<LostReport>().Loss;

        loss.StartError.ShouldBeOfType<ShoalException>().Message.ShouldContain("/no/such/program");
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_left_open_after_many_starts()
    {
        await Task.Yield();
        StartAndKill();

        // A leak would be 40 and more.
        OpenDescriptors.LeastGrowth(
            () =>
            {
                for (var i = 0; i < 5; i++)
                    StartAndKill();
            },
            enough: 30).ShouldBeLessThan(30);

        static void StartAndKill()
        {
            using TestBackend workers = new(new PoolOptions { Workers = 2 });
            workers.Start(0);
            workers.Start(1);
        }
    }

    /// <summary>Ends this process in one of <see cref="Ways"/>.</summary>
    internal static unsafe int Die(int way)
    {
        switch (way)
        {
            case 0:
                Environment.Exit(0);
                break;
            case 1:
                Environment.Exit(3);
                break;
            case 2:
                Environment.Exit(137);
                break;
            case 3:
                Posix.ExitNow(42);
                break;
            case 4:
                Posix.ExitNow(137);
                break;
            case 5:
                Environment.FailFast("giving up");
                break;
            case 6:
                return Recurse(1);
            case 7:
                _ = Posix.UnsetVariable((byte*)8); // native code that follows a wild pointer
                break;
            default:
                _ = Posix.Kill(Environment.ProcessId, 9);
                break;
        }
        return Sleep(30_000);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int x) => x == 0 ? 0 : Recurse(x + 1) + Recurse(x + 2);

    private static int Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }
}
