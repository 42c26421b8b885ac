namespace Shoal.Tests.Processes;

/// <summary>A program that is built again while it runs: its workers would run other code.</summary>
[Trait("Category", "Slow")]
public class RebuiltTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public void Another_build_in_the_workers_is_refused_by_the_name_of_the_program()
    {
        using var program = new TestProgram("Rebuilt");
        var first = program.Dotnet("build");
        var source = Path.Combine(program.Project, "Rebuilt.cs");
        File.WriteAllText(source, File.ReadAllText(source).Replace("build = 1", "build = 2"));
        var second = program.Dotnet("build");
        var signal = Path.Combine(program.Folder, "runs");
        using var running = program.Start(Path.Combine(first, "Rebuilt"), signal);
        SpinWait.SpinUntil(() => running.HasExited || File.Exists(signal), Limit).ShouldBeTrue();

        // Another file of the same name: the one that runs keeps its own.
        File.Move(Path.Combine(second, "Rebuilt.dll"), Path.Combine(first, "Rebuilt.dll"), overwrite: true);
        File.Delete(signal);

        running.WaitForExit(Limit).ShouldBeTrue();
        running.StandardOutput.ReadToEnd().ShouldContain("The worker runs another build of Rebuilt");
        running.ExitCode.ShouldBe(0);
        program.NothingLeftWithin(Limit).ShouldBeTrue();
    }
}
