namespace Shoal.Tests.Processes;

/// <summary>Ten lines with a capturing lambda, outside the solution, run in every way that this machine can. The test project itself is the test host's case.</summary>
[Trait("Category", "Slow")]
public class HostMatrixTests(HostMatrixTests.Built built) : IClassFixture<HostMatrixTests.Built>
{
    private const string Good = "same=True elsewhere=True";

    private readonly TestProgram _program = built.Program;

    [Fact]
    [Trait("Behaviour", "47")]
    public void By_apphost() => Check(built.Output, Path.Combine(built.Output, "TenLines"));

    [Fact]
    [Trait("Behaviour", "47")]
    public void By_dotnet_and_the_dll() => Check(built.Output, "dotnet", Path.Combine(built.Output, "TenLines.dll"));

    [Fact]
    public void By_an_apphost_of_another_name()
    {
        File.Copy(Path.Combine(built.Output, "TenLines"), Path.Combine(built.Output, "renamed"), overwrite: true);

        Check(built.Output, Path.Combine(built.Output, "renamed"));
    }

    [Fact]
    public void By_dotnet_run() => Check(Path.Combine(_program.Project, "bin", "Debug", "net10.0"), "dotnet", "run", "--project", _program.Project, "-p:UseSharedCompilation=false");

    [SkippableFact]
    public void By_a_single_file_that_needs_the_runtime() =>
        CheckPublished("--self-contained", "false", "-p:PublishSingleFile=true");

    [SkippableFact]
    public void By_a_single_file_that_holds_the_runtime() =>
        CheckPublished("--self-contained", "true", "-p:PublishSingleFile=true");

    [SkippableFact]
    public void By_dotnet_run_of_a_file_with_the_property_that_the_refusal_names()
    {
        TestProgram.Outcome outcome = RunFile("#:property PublishAot=false");

        outcome.Output.ShouldContain(Good, customMessage: outcome.Text);
    }

    [SkippableFact]
    public void By_dotnet_run_of_a_file_as_it_is_it_is_refused()
    {
        TestProgram.Outcome outcome = RunFile("");

        CheckRefusal(outcome, "#:property PublishAot=false");
    }

    [Fact]
    public void With_the_hook_switched_off_it_is_refused_before_anything_starts()
    {
        var output = built.Output + "-off";
        Directory.CreateDirectory(output);
        foreach (var file in Directory.GetFiles(built.Output).Where(file => !file.EndsWith(".txt", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(output, Path.GetFileName(file)), overwrite: true);
        var settings = Path.Combine(output, "TenLines.runtimeconfig.json");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("\"configProperties\": {", "\"configProperties\": {\n      \"System.StartupHookProvider.IsSupported\": false,"));

        TestProgram.Outcome outcome = _program.Run(Path.Combine(output, "TenLines"), []);

        CheckRefusal(outcome);
        Mains(output).ShouldBe(1);
    }

    [SkippableFact]
    public void Trimmed_without_the_switch_it_is_refused()
    {
        var output = _program.Dotnet("publish", "-r", TestProgram.RuntimeIdentifier, "--self-contained", "true", "-p:PublishSingleFile=true", "-p:PublishTrimmed=true");

        TestProgram.Outcome outcome = _program.Run(Path.Combine(output, "TenLines"), []);

        CheckRefusal(outcome);
        Mains(output).ShouldBe(1);
    }

    [SkippableFact]
    public void Trimmed_with_the_switch_the_hook_survives()
    {
        var output = _program.Dotnet(
            "publish", "-r", TestProgram.RuntimeIdentifier, "--self-contained", "true", "-p:PublishSingleFile=true", "-p:PublishTrimmed=true", "-p:StartupHookSupport=true");

        Check(output, Path.Combine(output, "TenLines"));
    }

    [Fact]
    [Trait("Behaviour", "47")]
    public void A_start_that_missed_the_hook_ends_instead_of_starting_workers()
    {
        File.Delete(Path.Combine(built.Output, "mains.txt"));

        TestProgram.Outcome outcome = _program.Run(Path.Combine(built.Output, "TenLines"), [], ("SHOAL_WORKER", "1;"));

        outcome.ExitCode.ShouldNotBe(0);
        outcome.Error.ShouldContain("the start-up hook did not run");
        Mains(built.Output).ShouldBe(1);
        _program.NothingLeftWithin(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void Beside_another_start_up_hook_both_run()
    {
        // The same assembly as a hook of the program's own: it runs there and does nothing, and runs in the workers beside ours.
        TestProgram.Outcome outcome = _program.Run(Path.Combine(built.Output, "TenLines"), [], ("DOTNET_STARTUP_HOOKS", Path.Combine(built.Output, "Shoal.dll")));

        outcome.Output.ShouldContain(Good, customMessage: outcome.Text);
    }

    [Fact]
    [Trait("Behaviour", "47")]
    public void Pools_that_a_module_initializer_opens_end_in_workers()
    {
        using TestProgram eager = new("EagerPool");
        var output = eager.Dotnet("build");

        TestProgram.Outcome outcome = eager.Run(Path.Combine(output, "EagerPool"), []);

        outcome.Output.Trim().ShouldBe("30 31 32 33 34 35 36 37", outcome.Text);
        // The program, the worker of its initializer, and two workers: a bomb would be without end.
        File.ReadAllLines(Path.Combine(output, "initializers.txt")).Distinct().Count().ShouldBeLessThanOrEqualTo(5);
        eager.NothingLeftWithin(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private void CheckPublished(params string[] arguments)
    {
        var output = _program.Dotnet("publish", ["-r", TestProgram.RuntimeIdentifier, .. arguments]);

        Check(output, Path.Combine(output, "TenLines"));
    }

    private void Check(string output, string file, params string[] arguments)
    {
        if (Directory.Exists(output))
            File.Delete(Path.Combine(output, "mains.txt"));

        TestProgram.Outcome outcome = _program.Run(file, arguments);

        outcome.Output.ShouldContain(Good, customMessage: outcome.Text);
        outcome.ExitCode.ShouldBe(0);
        outcome.Error.ShouldBe("");
        Mains(output).ShouldBe(1);
        _program.NothingLeftWithin(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private TestProgram.Outcome RunFile(string firstLine)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_program.Folder, "file-" + Path.GetRandomFileName())).FullName;
        var file = Path.Combine(folder, "ten.cs");
        File.WriteAllText(file, firstLine + "\n" + File.ReadAllText(Path.Combine(_program.Project, "TenLines.cs")));
        TestProgram.Outcome outcome = _program.Run("dotnet", ["run", "--file", file]);
        TestProgram.SkipWithoutPackages(outcome);
        return outcome;
    }

    private static void CheckRefusal(TestProgram.Outcome outcome, string cure = "<StartupHookSupport>true</StartupHookSupport>")
    {
        outcome.ExitCode.ShouldNotBe(0);
        outcome.Error.ShouldContain(cure);
        outcome.Error.ShouldContain("Pool.Threads()");
    }

    // The program adds a line for each run of its Main.
    private static int Mains(string output) => File.ReadAllLines(Path.Combine(output, "mains.txt")).Length;

    public sealed class Built() : BuiltProgram("TenLines");
}
