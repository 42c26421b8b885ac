namespace Shoal.Tests.Processes;

/// <summary>Pools that are closed and left, or dropped, in a program of their own.</summary>
[Trait("Category", "Slow")]
public class EndingTests(EndingTests.Built built) : IClassFixture<EndingTests.Built>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [SkippableFact]
    [Trait("Behaviour", "28")]
    public void A_program_that_ends_after_Close_gives_up_what_still_runs_and_leaves_nothing()
    {
        var outcome = Run("closes");

        outcome.ExitCode.ShouldBe(0, outcome.Text);
        outcome.Output.Trim().ShouldBe("the end of Main");
        outcome.Error.ShouldBeEmpty();
        built.Program.NothingLeftWithin(Limit).ShouldBeTrue();
    }

    [SkippableFact]
    [Trait("Behaviour", "14")]
    public void A_callback_that_exits_ends_the_program_with_its_code_and_leaves_nothing()
    {
        var outcome = Run("callback");

        outcome.ExitCode.ShouldBe(7, outcome.Text);
        outcome.Text.ShouldBeEmpty();
        built.Program.NothingLeftWithin(Limit).ShouldBeTrue();
    }

    [SkippableFact]
    [Trait("Behaviour", "27")]
    public void Pools_that_are_dropped_say_so_once_and_their_workers_end_after_their_calls()
    {
        var outcome = Run("drops");

        outcome.Output.Trim().ShouldBe("no worker is left; the call that is kept gave 42", outcome.Text);
        var warnings = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        warnings.ShouldContain(line => line.StartsWith("Shoal: pool 'processes:2' was dropped without Dispose."));
        warnings.ShouldContain(line => line.StartsWith("Shoal: pool 'threads:2' was dropped without Dispose."));
        warnings.ShouldBeUnique();
        built.Program.NothingLeftWithin(Limit).ShouldBeTrue();
    }

    private TestProgram.Outcome Run(string how) =>
        built.Program.Run(Path.Combine(built.Output, "Endings"), [how, Path.Combine(built.Program.Folder, Path.GetRandomFileName())]);

    public sealed class Built() : BuiltProgram("Endings");
}
