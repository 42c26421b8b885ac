using System.Diagnostics;
using System.Runtime.InteropServices;
using Shoal.Processes;
using Shoal.Tests.Processes;

namespace Shoal.Tests.Children;

/// <summary>How child processes end: by themselves, by a crash, by request, by force.</summary>
public class ChildDeathTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory(Timeout = 60_000)]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 137", 137)]
    [InlineData("_exit 42", 42)]
    [InlineData("fail fast", -6)]
    [InlineData("stack overflow", -6)]
    [InlineData("segmentation fault", -11)]
    [InlineData("kill", -9)]
    public async Task The_exit_code_tells_how_it_ended(string way, int code)
    {
        await Task.Yield();
        using var child = ChildProcess.Start(WorkerDeathTests.Die, Array.IndexOf(WorkerDeathTests.Ways, way));

        child.Join(Limit).ShouldBeTrue();

        child.ExitCode.ShouldBe(code);
        var lost = Should.Throw<WorkerLostException>(() => child.Wait());
        lost.ProcessId.ShouldBe(child.Id);
        lost.ExitCode.ShouldBe(code >= 0 ? code : null);
        lost.Signal.ShouldBe(code < 0 ? -code : null);
        lost.Index.ShouldBeNull();
        lost.Message.ShouldStartWith($"Child process '{child.Name}' (pid {child.Id}) " + (code >= 0 ? $"exited with code {code} " : $"ended with signal {-code} "));
        lost.Message.ShouldContain("before its function returned.");
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_last_lines_are_part_of_the_error()
    {
        await Task.Yield();
        using var child = ChildProcess.Start(() =>
        {
            Console.Error.WriteLine("the disk is full");
            Environment.FailFast("giving up");
        });

        var lost = Should.Throw<WorkerLostException>(() => child.Wait(Limit));

        lost.LastLines.ShouldContain("the disk is full");
        lost.Message.ShouldContain("the disk is full");
    }

    [Fact(Timeout = 60_000)]
    public async Task Kill_ends_it_and_all_that_it_started()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(StartGrandchild, gate.Path);
        gate.WaitForArrival();
        var grandchild = int.Parse(File.ReadAllText(gate.Path + ".grandchild"), System.Globalization.CultureInfo.InvariantCulture);

        child.Kill();

        child.Join(Limit).ShouldBeTrue();
        child.ExitCode.ShouldBe(-9);
        Should.Throw<OperationCanceledException>(() => child.Wait()).Message.ShouldContain("was ended by Kill");
        TestBackend.WaitUntilGone(grandchild, Limit).ShouldBeTrue();
        child.Kill();
        child.Terminate();
        child.ExitCode.ShouldBe(-9);
    }

    [Fact(Timeout = 60_000)]
    public async Task Terminate_ends_a_function_that_knows_nothing_of_it_by_SIGTERM()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(Gate.Pass, gate.Path, new() { Grace = Limit });
        gate.WaitForArrival();

        child.Terminate();

        child.Join(Limit / 2).ShouldBeTrue();
        child.ExitCode.ShouldBe(-15);
        Should.Throw<OperationCanceledException>(() => child.Wait()).Message.ShouldContain("was ended by Terminate");
    }

    [Fact(Timeout = 60_000)]
    public async Task Terminate_lets_a_function_that_listens_finish()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(
            path =>
            {
                var stop = ChildProcess.StopToken;
                Gate.Arrive(path);
                stop.WaitHandle.WaitOne(Limit);
                return stop.IsCancellationRequested ? "saved" : "nobody asked";
            },
            gate.Path,
            new() { Grace = Limit });
        gate.WaitForArrival();

        child.Terminate();

        child.Wait().ShouldBe("saved");
        child.ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Terminate_kills_a_function_that_does_not_stop_within_the_grace()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(
            path =>
            {
                _ = ChildProcess.StopToken;
                return Gate.Pass(path);
            },
            gate.Path,
            new() { Grace = TimeSpan.FromMilliseconds(200) });
        gate.WaitForArrival();

        child.Terminate();

        child.Join(Limit / 2).ShouldBeTrue();
        child.ExitCode.ShouldBe(-9);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_handler_of_the_users_hears_SIGTERM()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(
            path =>
            {
                using var heard = new ManualResetEventSlim();
                using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
                {
                    context.Cancel = true;
                    heard.Set();
                });
                Gate.Arrive(path);
                return heard.Wait(Limit);
            },
            gate.Path,
            new() { Grace = Limit });
        gate.WaitForArrival();

        child.Terminate();

        child.Wait().ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task It_can_be_ended_while_it_starts()
    {
        await Task.Yield();
        using var killed = ChildProcess.Start(() => Thread.Sleep(60_000));
        using var terminated = ChildProcess.Start(() => Thread.Sleep(60_000));

        killed.Kill();
        terminated.Terminate();

        killed.Join(Limit / 2).ShouldBeTrue();
        terminated.Join(Limit / 2).ShouldBeTrue();
        Should.Throw<OperationCanceledException>(() => killed.Wait());
        terminated.ExitCode!.Value.ShouldBeOneOf(-9, -15);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_leaves_no_process_and_keeps_the_outcome()
    {
        await Task.Yield();
        using var gate = new Gate();
        var child = ChildProcess.Start(Gate.Pass, gate.Path);
        gate.WaitForArrival();

        child.Dispose();
        child.Dispose();

        TestBackend.IsAlive(child.Id).ShouldBeFalse();
        child.IsAlive.ShouldBeFalse();
        child.ExitCode.ShouldBe(-9);
        child.Join().ShouldBeTrue();
        Should.Throw<OperationCanceledException>(() => child.Wait()).Message.ShouldContain("Dispose");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kill_from_outside_is_told_soon()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(Gate.Pass, gate.Path);
        gate.WaitForArrival();

        var start = Stopwatch.GetTimestamp();
        _ = Posix.Kill(child.Id, Posix.SigKill);
        child.Join(Limit).ShouldBeTrue();

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10)); // 0.02 s on a machine at rest
        Should.Throw<WorkerLostException>(() => child.Wait()).Signal.ShouldBe(9);
    }

    private static void StartGrandchild(string path)
    {
        File.WriteAllText(path + ".grandchild", $"{Process.Start("/bin/sleep", "100").Id}");
        Gate.Pass(path);
    }
}
