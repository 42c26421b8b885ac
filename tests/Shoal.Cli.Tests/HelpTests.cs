namespace Shoal.Cli.Tests;

/// <summary>What each command says of itself.</summary>
[Collection(Programs.Name)]
public sealed class HelpTests
{
    [Theory]
    [InlineData("digits", "--pool")]
    [InlineData("predict", "shoal predict digits.safetensors")]
    [InlineData("compare", "shoal compare count --pool")]
    [InlineData("doctor", "shoal doctor --json")]
    public async Task Help_shows_an_example(string command, string shown)
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, command, "--help");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        run.Output.ShouldContain("Example:");
        run.Output.ShouldContain(shown);
    }
}
