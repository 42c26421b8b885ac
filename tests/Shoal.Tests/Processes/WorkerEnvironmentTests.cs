using System.Collections;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class WorkerEnvironmentTests
{
    [Fact]
    public void Variables_are_inherited_and_the_users_choice_wins()
    {
        Dictionary<string, string> built = Build(new() { ["A"] = "1", ["B"] = "2", ["D"] = "5" }, new() { ["A"] = null, ["B"] = "3", ["C"] = "4" });

        built.ShouldNotContainKey("A");
        built["B"].ShouldBe("3");
        built["C"].ShouldBe("4");
        built["D"].ShouldBe("5");
    }

    [Theory]
    [InlineData(8, 2, "4")]
    [InlineData(8, 3, "2")]
    [InlineData(2, 8, "1")]
    public void Each_worker_gets_its_share_of_the_cores(int cores, int workers, string share)
    {
        Dictionary<string, string> built = WorkerEnvironment.Build(new Hashtable(), null, "/hook.dll", cores, workers);

        built["DOTNET_PROCESSOR_COUNT"].ShouldBe(share);
        built["OMP_NUM_THREADS"].ShouldBe(share);
        built["OPENBLAS_NUM_THREADS"].ShouldBe(share);
    }

    [Fact]
    public void A_thread_count_that_the_user_set_stays()
    {
        Build(new() { ["OMP_NUM_THREADS"] = "7" }, null)["OMP_NUM_THREADS"].ShouldBe("7");
        Build([], new() { ["DOTNET_PROCESSOR_COUNT"] = "5" })["DOTNET_PROCESSOR_COUNT"].ShouldBe("5");
    }

    [Fact]
    public void The_hook_is_added_to_others_and_the_marker_remembers_them()
    {
        Dictionary<string, string> alone = Build([], null);
        Dictionary<string, string> added = Build(new() { ["DOTNET_STARTUP_HOOKS"] = "/other.dll" }, null);

        alone["DOTNET_STARTUP_HOOKS"].ShouldBe("/hook.dll");
        WorkerEnvironment.HooksOf(alone["SHOAL_WORKER"]).ShouldBe("");
        added["DOTNET_STARTUP_HOOKS"].ShouldBe($"/other.dll{Path.PathSeparator}/hook.dll");
        WorkerEnvironment.HooksOf(added["SHOAL_WORKER"]).ShouldBe("/other.dll");
    }

    [Fact]
    public void A_worker_with_one_core_compiles_as_soon_as_others_unless_the_user_wants_it_later()
    {
        Build([], null)["DOTNET_TC_DelaySingleProcMultiplier"].ShouldBe("1");
        Build(new() { ["DOTNET_TC_DelaySingleProcMultiplier"] = "10" }, null)["DOTNET_TC_DelaySingleProcMultiplier"].ShouldBe("10");
    }

    [Fact]
    public void The_runtimes_diagnostics_are_off_unless_the_user_wants_them()
    {
        Build([], null)["DOTNET_EnableDiagnostics"].ShouldBe("0");
        Build(new() { ["DOTNET_EnableDiagnostics"] = "1" }, null)["DOTNET_EnableDiagnostics"].ShouldBe("1");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_puts_nothing_into_the_temporary_folder_that_a_kill_would_leave_there()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);

        var worker = pool.Apply(() => Environment.ProcessId);

        Directory.GetFiles(Path.GetTempPath(), $"*-{worker}-*").ShouldBeEmpty();
    }

    [Fact]
    public void A_tracers_port_is_not_handed_down()
    {
        Build(new() { ["DOTNET_DiagnosticPorts"] = "/tmp/port,suspend" }, null).ShouldNotContainKey("DOTNET_DiagnosticPorts");
        Build([], new() { ["DOTNET_DiagnosticPorts"] = "/tmp/port" })["DOTNET_DiagnosticPorts"].ShouldBe("/tmp/port");
    }

    [Fact]
    public void Tiering_and_its_profile_are_left_to_the_runtime()
    {
        Build([], null).Keys.ShouldNotContain(name => name.StartsWith("DOTNET_Tiered", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Build(Dictionary<string, string> inherited, Dictionary<string, string?>? chosen) =>
        WorkerEnvironment.Build(inherited, chosen, "/hook.dll", 4, 2);
}
