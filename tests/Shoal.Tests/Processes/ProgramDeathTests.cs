using System.Diagnostics;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>What is left when a program with busy workers ends: nothing.</summary>
[Trait("Category", "Slow")]
public class ProgramDeathTests(ProgramDeathTests.Built built) : IClassFixture<ProgramDeathTests.Built>
{
    private readonly TestProgram _program = built.Program;

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    [Trait("Behaviour", "30")]
    public void A_killed_program_leaves_no_process_after_two_seconds(int signal)
    {
        using Process parent = StartBusy(out var processes);

        _ = Posix.Kill(parent.Id, signal);

        parent.WaitForExit(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var process in processes)
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(2)).ShouldBeTrue($"process {process} is still there");
        _program.NothingLeftWithin(TimeSpan.FromSeconds(2)).ShouldBeTrue();
    }

    [Fact]
    public void An_interrupt_from_the_terminal_leaves_no_process()
    {
        using Process parent = StartBusy(out var processes, "/usr/bin/setsid");

        _ = Posix.Kill(-parent.Id, Posix.SigInt); // to the whole group, as a terminal does

        parent.WaitForExit(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var process in processes)
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(2)).ShouldBeTrue($"process {process} is still there");
        _program.NothingLeftWithin(TimeSpan.FromSeconds(2)).ShouldBeTrue();
    }

    // Two workers, each with a child of its own, all of them busy.
    private Process StartBusy(out int[] processes, params string[] wrapper)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_program.Folder, "run-" + Path.GetRandomFileName())).FullName;
        string[] command = [.. wrapper, Path.Combine(built.Output, "Busy"), folder];
        Process parent = _program.Start(command[0], command[1..]);
        string[] files = [Path.Combine(folder, "worker0.txt"), Path.Combine(folder, "worker1.txt")];
        SpinWait.SpinUntil(() => parent.HasExited || files.All(File.Exists), TimeSpan.FromSeconds(60)).ShouldBeTrue();
        parent.HasExited.ShouldBeFalse(parent.HasExited ? parent.StandardError.ReadToEnd() : "");
        processes = [.. files.SelectMany(file => File.ReadAllText(file).Split(' ')).Select(int.Parse)];
        processes.ShouldAllBe(process => TestBackend.IsAlive(process));
        return parent;
    }

    public sealed class Built() : BuiltProgram("Busy");
}
