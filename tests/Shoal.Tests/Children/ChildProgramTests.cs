using System.Diagnostics;
using System.Globalization;
using Shoal.Processes;
using Shoal.Tests.Processes;

namespace Shoal.Tests.Children;

/// <summary>Child processes of a program of its own: what becomes of them when it ends, and of what they print.</summary>
[Trait("Category", "Slow")]
public class ChildProgramTests(ChildProgramTests.Built built) : IClassFixture<ChildProgramTests.Built>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TestProgram _program = built.Program;

    [SkippableTheory]
    [InlineData(9)]
    [InlineData(15)]
    public void A_killed_program_leaves_no_child(int signal)
    {
        using var parent = StartBusy("busy", out var processes);

        _ = Posix.Kill(parent.Id, signal);

        parent.WaitForExit(Limit).ShouldBeTrue();
        foreach (var process in processes)
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(20)).ShouldBeTrue($"process {process} is still there");
        _program.NothingLeftWithin(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [SkippableFact]
    public void An_interrupt_while_it_is_joined_ends_both_with_130()
    {
        using var parent = StartBusy("busy", out _);

        _ = Posix.Kill(parent.Id, Posix.SigInt);

        parent.WaitForExit(Limit).ShouldBeTrue();
        parent.StandardError.ReadToEnd().Trim().ShouldBe("Interrupted.");
        parent.ExitCode.ShouldBe(130);
        _program.NothingLeftWithin(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [SkippableFact]
    public void A_program_that_catches_the_interrupt_goes_on_without_the_child()
    {
        using var parent = StartBusy("catches", out _);

        _ = Posix.Kill(parent.Id, Posix.SigInt);

        parent.WaitForExit(Limit).ShouldBeTrue();
        parent.StandardOutput.ReadToEnd().Trim().ShouldBe("caught, alive: False");
        parent.ExitCode.ShouldBe(0);
        _program.NothingLeftWithin(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [SkippableFact]
    public void What_it_prints_is_on_the_console_before_its_end_is_told()
    {
        var outcome = _program.Run(Path.Combine(built.Output, "Child"), ["-", "prints"]);

        outcome.ExitCode.ShouldBe(0, outcome.Text);
        outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["a line of the child", "the child has ended"]);
        outcome.Error.Trim().ShouldBe("a complaint of the child");
    }

    private Process StartBusy(string how, out int[] processes)
    {
        var path = Path.Combine(_program.Folder, Path.GetRandomFileName());
        var parent = _program.Start(Path.Combine(built.Output, "Child"), path, how);
        SpinWait.SpinUntil(() => parent.HasExited || File.Exists(path), Limit).ShouldBeTrue();
        parent.HasExited.ShouldBeFalse(parent.HasExited ? parent.StandardError.ReadToEnd() : "");
        processes = [.. File.ReadAllText(path).Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        processes.ShouldAllBe(process => TestBackend.IsAlive(process));
        return parent;
    }

    public sealed class Built() : BuiltProgram("Child");
}
