using System.Text.Json;

namespace Shoal.Cli.Tests;

[Collection(Programs.Name)]
public sealed class DoctorTests
{
    private static readonly string[] Names =
        ["runtime", "cores", "memory", "vectors", "start-up hook", "worker processes", "open files", "shared memory", "mpi", "spark", "java", "browser"];

    private static string EmptyPath => "/nowhere";

    [SkippableFact]
    public async Task Json_tells_the_machine_and_every_check()
    {
        Skip.If(OperatingSystem.IsWindows(), "worker processes do not run on Windows");
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "doctor", "--json");

        run.ExitCode.ShouldBe(0, run.Output);
        run.Error.ShouldBeEmpty();
        var json = JsonDocument.Parse(run.Output).RootElement;
        json.EnumerateObject().Select(field => field.Name).ShouldBe(["schema", "machine", "checks"]);
        json.GetProperty("schema").GetInt32().ShouldBe(1);
        var machine = json.GetProperty("machine");
        machine.EnumerateObject().Select(field => field.Name).ShouldBe(["cores", "memory", "vector"]);
        machine.GetProperty("cores").GetInt32().ShouldBe(Environment.ProcessorCount);
        machine.GetProperty("memory").GetInt64().ShouldBeGreaterThan(100_000_000);
        machine.GetProperty("vector").GetInt32().ShouldBeOneOf(0, 128, 256, 512);
        Checks(json).Keys.ShouldBe(Names);
    }

    [SkippableFact]
    public async Task A_worker_process_is_really_started_and_its_time_told()
    {
        Skip.If(OperatingSystem.IsWindows(), "worker processes do not run on Windows");
        using var folder = new TestFolder();

        using var shoal = ShoalProcess.Start(folder, "doctor", "--json");
        var run = await shoal.EndAsync();

        var workers = Checks(JsonDocument.Parse(run.Output).RootElement)["worker processes"];
        workers.GetProperty("ok").GetBoolean().ShouldBeTrue();
        workers.GetProperty("version").GetString()!.ShouldMatch(@"^first result after \d+ ms, then a call in \d+ µs$");
        if (OperatingSystem.IsLinux())
            shoal.Workers().ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task What_is_not_there_comes_with_the_way_to_get_it_and_fails_nothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "worker processes do not run on Windows");
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, new Dictionary<string, string?> { ["PATH"] = EmptyPath, ["SPARK_HOME"] = folder.Path, ["JAVA_HOME"] = null }, "doctor", "--json");

        run.ExitCode.ShouldBe(0, run.Output);
        var checks = Checks(JsonDocument.Parse(run.Output).RootElement);
        foreach (var (name, advice) in new[] { ("mpi", "openmpi-bin"), ("spark", $"SPARK_HOME is {folder.Path}"), ("java", "openjdk"), ("browser", "chromium") })
        {
            checks[name].GetProperty("ok").GetBoolean().ShouldBeFalse(name);
            checks[name].GetProperty("required").GetBoolean().ShouldBeFalse(name);
            checks[name].GetProperty("advice").GetString()!.ShouldContain(advice);
        }
    }

    [SkippableFact]
    public async Task What_is_there_is_told_with_its_version()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the stand-ins are shell scripts");
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("jars"));
        Directory.CreateDirectory(folder.File("bin"));
        folder.Write("jars/spark-core_2.13-9.8.7.jar", []);
        foreach (var (name, says) in new[] { ("mpirun", "echo mpirun '(Stand-in MPI)' 1.2"), ("java", "echo openjdk 99 >&2"), ("chromium", "exit 1"), ("spark-submit", "exit 1") })
            Script(folder, $"bin/{name}", says);
        folder.Write("libmpi.so.40", []);

        var run = await ShoalProcess.RunAsync(folder, new Dictionary<string, string?>
        {
            ["PATH"] = folder.File("bin"),
            ["LD_LIBRARY_PATH"] = folder.Path,
            ["SPARK_HOME"] = folder.Path,
            ["JAVA_HOME"] = null,
        }, "doctor", "--json");

        run.ExitCode.ShouldBe(0, run.Output);
        var checks = Checks(JsonDocument.Parse(run.Output).RootElement);
        foreach (var (name, version) in new[]
        {
            ("mpi", $"mpirun (Stand-in MPI) 1.2, {folder.File("libmpi.so.40")}"), ("spark", "spark-core_2.13-9.8.7"), ("java", "openjdk 99"), ("browser", folder.File("bin/chromium")),
        })
        {
            checks[name].GetProperty("ok").GetBoolean().ShouldBeTrue(name);
            checks[name].GetProperty("version").GetString().ShouldBe(version);
        }
    }

    [Fact]
    public async Task Too_little_memory_for_workers_is_told_and_is_exit_code_1()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "0x4000000" }, "doctor");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("MISSING  memory");
        run.Output.ShouldContain("use fewer workers, or threads");
        run.Output.ShouldContain("For worker processes something is missing: memory");
        run.Output.ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task Wrong_use_is_exit_code_2()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "doctor", "--colour");

        run.ExitCode.ShouldBe(2);
        run.ErrorLines.ShouldHaveSingleItem().ShouldContain("shoal doctor --help");
    }

    private static Dictionary<string, JsonElement> Checks(JsonElement json) =>
        json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!);

    private static void Script(TestFolder folder, string name, string body)
    {
        var file = folder.Write(name, [.. "#!/bin/sh\n"u8, .. System.Text.Encoding.UTF8.GetBytes(body + "\n")]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
