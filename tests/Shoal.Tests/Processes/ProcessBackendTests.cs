using System.Diagnostics;
using System.Globalization;
using Shoal.Backends;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Work in workers: batches, failures, cancellation, and what a worker is given when it starts. The test host is the program here.</summary>
public class ProcessBackendTests
{
    private const string InitializerMark = "SHOAL_TEST_INITIALIZED";

    [Fact(Timeout = 60_000)]
    public async Task A_batch_runs_in_another_process()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();

        FakeJob job = workers.Send(x => Environment.ProcessId + x, 0, 1, 2);
        workers.Log.Next<FinishedReport>(report => report.Index + report.Count == 3);

        job.Results.ShouldBe([process, process + 1, process + 2]);
        process.ShouldNotBe(Environment.ProcessId);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reports_name_each_item_in_order()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        workers.Send(x => x, 5, 6, 7);
        workers.Log.Next<FinishedReport>(report => report.Index + report.Count == 3);

        workers.Log.All.OfType<RunningReport>().Select(report => report.Index).ShouldBeInOrder();
        long next = 0;
        foreach (FinishedReport report in workers.Log.All.OfType<FinishedReport>())
        {
            report.Index.ShouldBe(next);
            next += report.Count;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_workers_start_at_once_and_are_two_processes()
    {
        await Task.Yield();
        using TestBackend workers = new(new PoolOptions { Workers = 2 });
        workers.Backend.Start(0, workers.Log);
        workers.Backend.Start(1, workers.Log);

        ReadyReport first = workers.Log.Next<ReadyReport>(), second = workers.Log.Next<ReadyReport>();

        new[] { first.Worker, second.Worker }.Order().ShouldBe([0, 1]);
        first.ProcessId.ShouldNotBe(second.ProcessId);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_names_its_item_and_drops_the_rest()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        FakeJob job = workers.Send(x => x == 6 ? throw new FormatException("six") : x * 2, 5, 6, 7);
        FailedReport failed = workers.Log.Next<FailedReport>();

        failed.Index.ShouldBe(1);
        failed.Error.ShouldBeOfType<FormatException>().Message.ShouldBe("six");
        job.Results.ShouldBe([10, 0, 0]);
        workers.Run(x => x + 1, 1).ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "8")]
    public async Task A_result_that_cannot_be_read_fails_its_item_and_the_worker_stays()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        FakeJob job = new(77, (x, _) => x, [1, 2, 3, 4]) { UnreadableIndex = 1 };
        workers.Backend.Send(0, new Batch(job, 0, 4, 0));
        FailedReport failed = workers.Log.Next<FailedReport>();

        failed.Index.ShouldBe(1);
        failed.Error.Message.ShouldBe("unreadable");
        job.Results[0].ShouldBe(1);
        workers.Run(x => x + 1, 1).ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_item_sends_nothing_and_the_worker_stays()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        FakeJob job = new(78, (x, _) => x, [1, 2, 3]) { RefusedIndex = 2 };
        ItemRefusedException refused = Should.Throw<ItemRefusedException>(() => workers.Backend.Send(0, new Batch(job, 0, 3, 0)));

        refused.Index.ShouldBe(2);
        workers.Run(x => x + 1, 1).ShouldBe(2);
        workers.Log.All.OfType<FinishedReport>().Sum(report => report.Count).ShouldBe(1);
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task A_batch_is_sent_ahead_and_taken_back()
    {
        await Task.Yield();
        using TestBackend workers = new();
        Skip.IfNot(workers.Backend.Traits.GivesBack, "this system has no rings or no fences");
        workers.Start();
        using SharedEvent go = new();
        FakeJob slow = new(200, (x, _) => go.Wait(TimeSpan.FromSeconds(30)) ? x : -1, [.. Enumerable.Range(0, 10)]);
        FakeJob ahead = new(201, (x, _) => x * 2, [1, 2, 3]);
        FakeJob last = new(202, (x, _) => x * 3, [1, 2, 3]);

        workers.Backend.Send(0, new Batch(slow, 0, 10, 0) { Number = 1 });
        workers.Backend.Send(0, new Batch(ahead, 0, 3, 0) { Number = 2 });
        _ = workers.Log.Next<RunningReport>(running => running.Call == 200);
        // A worker that has just started may need a moment until it can give back.
        TakenBackReport taken;
        do
        {
            workers.Backend.TakeBack(0, 2, half: false);
            taken = workers.Log.Next<TakenBackReport>();
        }
        while (taken.From is null);
        taken.ShouldBe(new TakenBackReport(0, 2, 0));
        workers.Backend.TakeBack(0, 1, half: true);
        workers.Log.Next<TakenBackReport>().ShouldBe(new TakenBackReport(0, 1, 5));
        workers.Backend.Send(0, new Batch(last, 0, 3, 0) { Number = 3 });
        go.Set();
        _ = workers.Log.Next<FinishedReport>(finished => finished.Call == 202 && finished.Index + finished.Count == 3);

        slow.Results.ShouldBe([0, 1, 2, 3, 4, 0, 0, 0, 0, 0]);
        ahead.Results.ShouldBe([0, 0, 0]);
        last.Results.ShouldBe([3, 6, 9]);
        workers.Backend.TakeBack(0, 3, half: false);
        workers.Log.Next<TakenBackReport>().From.ShouldBeNull("the batch is done");
    }

    [Fact(Timeout = 60_000)]
    public async Task Functions_of_many_calls_take_turns()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();
        FakeJob[] jobs = [.. Enumerable.Range(0, 7).Select(k => new FakeJob(100 + k, (x, _) => x + (10 * k), [1]))];

        for (var round = 0; round < 3; round++)
        {
            for (var k = 0; k < jobs.Length; k++)
            {
                workers.Backend.Send(0, new Batch(jobs[k], 0, 1, 0));
                _ = workers.Log.Next<FinishedReport>();
                jobs[k].Results[0].ShouldBe(1 + (10 * k));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelling_gives_up_the_running_batch_and_the_worker_stays()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();

        workers.Send((x, context) => WaitForToken(x, context.Cancel), 1, 2, 3);
        _ = workers.Log.Next<RunningReport>();
        workers.Backend.Cancel(0, 1);
        FailedReport failed = workers.Log.Next<FailedReport>();

        failed.Error.ShouldBeAssignableTo<OperationCanceledException>();
        workers.Run(_ => Environment.ProcessId).ShouldBe(process);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "36")]
    public async Task The_initializer_runs_once_in_each_worker_and_in_its_replacement()
    {
        await Task.Yield();
        using TestBackend workers = new(new PoolOptions { Workers = 1, Initializer = () => Environment.SetEnvironmentVariable(InitializerMark, Environment.GetEnvironmentVariable(InitializerMark) + "x") });

        for (var start = 0; start < 2; start++)
        {
            var process = workers.Start();
            workers.Run(_ => Environment.GetEnvironmentVariable(InitializerMark)!.Length).ShouldBe(1);
            workers.Run(_ => Environment.GetEnvironmentVariable(InitializerMark)!.Length).ShouldBe(1);
            _ = Posix.Kill(process, Posix.SigKill);
            _ = workers.Log.Next<LostReport>();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_initializer_that_throws_is_a_start_error_with_its_exception()
    {
        await Task.Yield();
        using TestBackend workers = new(new PoolOptions { Workers = 1, Initializer = () => throw new FormatException("no model") });
        workers.Backend.Start(0, workers.Log);

        WorkerLoss loss = workers.Log.Next<LostReport>().Loss;

        loss.StartError.ShouldBeOfType<FormatException>().Message.ShouldBe("no model");
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "37")]
    public async Task Environment_variables_are_set_in_workers_and_the_marker_is_gone()
    {
        await Task.Yield();
        using TestBackend workers = new(new PoolOptions { Workers = 1, Environment = new Dictionary<string, string?> { ["SHOAL_TEST"] = "17" } });
        workers.Start();

        workers.Run(_ => int.Parse(Environment.GetEnvironmentVariable("SHOAL_TEST")!, CultureInfo.InvariantCulture)).ShouldBe(17);
        workers.Run(_ => Environment.GetEnvironmentVariable("SHOAL_WORKER") is null && Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS") is null ? 1 : 0).ShouldBe(1);
        workers.Run(_ => RunShell("test -z \"$SHOAL_WORKER$DOTNET_STARTUP_HOOKS\"")).ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "39")]
    public async Task A_worker_gets_its_share_of_the_cores()
    {
        await Task.Yield();
        using TestBackend workers = new(new PoolOptions { Workers = 1, Environment = new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = "16" } });
        workers.Start();

        workers.Run(_ => Environment.ProcessorCount).ShouldBe(16);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_idle_worker_is_small()
    {
        await Task.Yield();
        using TestBackend workers = new();
        var process = workers.Start();
        workers.Run(x => x + 1, 1).ShouldBe(2);

        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));

        int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture).ShouldBeLessThan(45_000);
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "37")]
    public async Task Standard_input_is_empty_and_a_function_may_start_programs()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        workers.Run(_ => Console.In.Read()).ShouldBe(-1);
        workers.Run(_ => RunShell("cat; exit 7")).ShouldBe(7);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_culture_and_the_directory_are_the_callers()
    {
        await Task.Yield();
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        using TestBackend workers = new();
        CultureInfo.CurrentCulture = before;
        workers.Start();
        var here = Environment.CurrentDirectory;

        workers.Run(_ => CultureInfo.CurrentCulture.Name == "de-DE" ? 1 : 0).ShouldBe(1);
        workers.Run(_ => Environment.CurrentDirectory == here ? 1 : 0).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_refuses_to_open_worker_processes_of_its_own()
    {
        await Task.Yield();
        using TestBackend workers = new();
        workers.Start();

        FakeJob job = workers.Send(_ =>
        {
            using ProcessBackend nested = new(new PoolOptions());
            return 1;
        }, 0);

        workers.Log.Next<FailedReport>().Error.ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("is a worker");
        job.Results[0].ShouldBe(0);
    }

    private static int WaitForToken(int x, CancellationToken cancel)
    {
        cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(50));
        cancel.ThrowIfCancellationRequested();
        return x;
    }

    private static int RunShell(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { UseShellExecute = false })!;
        shell.WaitForExit();
        return shell.ExitCode;
    }
}
