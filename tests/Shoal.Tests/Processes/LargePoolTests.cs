namespace Shoal.Tests.Processes;

/// <summary>Many more workers than cores.</summary>
[Trait("Category", "Slow")]
[Trait("Behaviour", "38")]
public class LargePoolTests(LargePoolTests.Built built) : IClassFixture<LargePoolTests.Built>
{
    [Fact]
    public void Two_hundred_workers_add_squares_and_say_nothing()
    {
        TestProgram.Outcome outcome = built.Program.Run(Path.Combine(built.Output, "LargePool"), []);

        outcome.Error.ShouldBeEmpty();
        outcome.Output.ShouldMatch(@"^sum=332833500 workers=\d+ several=True lost=0\n$");
        outcome.ExitCode.ShouldBe(0);
        built.Program.NothingLeftWithin(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    public sealed class Built() : BuiltProgram("LargePool");
}
