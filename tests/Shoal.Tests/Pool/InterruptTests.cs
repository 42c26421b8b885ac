using Shoal.Processes;
using Shoal.Tests.Processes;

namespace Shoal.Tests.Pools;

/// <summary>Ctrl-C while a verb waits, in a program of its own.</summary>
[Trait("Category", "Slow")]
public class InterruptTests(InterruptTests.Built built) : IClassFixture<InterruptTests.Built>
{
    // The promise is 1 s on a machine at rest; the time limit of a test has to hold on a busy one.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableTheory]
    [InlineData("serial", "listens")]
    [InlineData("threads:2", "listens")]
    [InlineData("processes:2", "listens")]
    [InlineData("processes:2", "deaf")]
    public void An_interrupt_that_nobody_catches_ends_the_program_with_130(string spec, string how)
    {
        var (code, output, error) = Interrupt(spec, how);

        code.ShouldBe(130, error);
        output.ShouldBeEmpty();
        error.Trim().ShouldBe("Interrupted.");
        built.Program.NothingLeftWithin(Limit).ShouldBeTrue();
    }

    [SkippableTheory]
    [InlineData("threads:2")]
    [InlineData("processes:2")]
    [Trait("Behaviour", "44")]
    public void A_program_that_catches_it_goes_on(string spec)
    {
        var (code, output, error) = Interrupt(spec, "catches");

        code.ShouldBe(0, error);
        output.Trim().ShouldBe("caught 3");
        built.Program.NothingLeftWithin(Limit).ShouldBeTrue();
    }

    private (int Code, string Output, string Error) Interrupt(string spec, string how)
    {
        var path = Path.Combine(built.Program.Folder, Path.GetRandomFileName());
        using var program = built.Program.Start(Path.Combine(built.Output, "Interrupted"), spec, path, how);
        SpinWait.SpinUntil(() => program.HasExited || File.Exists(path), TimeSpan.FromSeconds(60)).ShouldBeTrue();

        _ = Posix.Kill(program.Id, Posix.SigInt);

        program.WaitForExit(Limit).ShouldBeTrue($"{spec} {how} still runs {Limit} after the interrupt");
        return (program.ExitCode, program.StandardOutput.ReadToEnd(), program.StandardError.ReadToEnd());
    }

    public sealed class Built() : BuiltProgram("Interrupted");
}
