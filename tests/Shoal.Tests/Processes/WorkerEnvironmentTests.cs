using System.Collections;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class WorkerEnvironmentTests
{
    [Fact]
    [Trait("Behaviour", "37")]
    public void Variables_are_inherited_and_the_users_choice_wins()
    {
        Dictionary<string, string> built = Build(new() { ["A"] = "1", ["B"] = "2", ["D"] = "5" }, new() { ["A"] = null, ["B"] = "3", ["C"] = "4" });

        built.ShouldNotContainKey("A");
        built["B"].ShouldBe("3");
        built["C"].ShouldBe("4");
        built["D"].ShouldBe("5");
    }

    [Theory]
    [Trait("Behaviour", "39")]
    [InlineData(8, 2, "4")]
    [InlineData(8, 3, "2")]
    [InlineData(2, 8, "1")]
    [Trait("Behaviour", "39")]
    public void Each_worker_gets_its_share_of_the_cores(int cores, int workers, string share)
    {
        Dictionary<string, string> built = WorkerEnvironment.Build(new Hashtable(), null, "/hook.dll", new WorkerShare(cores, workers));

        built["DOTNET_PROCESSOR_COUNT"].ShouldBe(share);
        built["OMP_NUM_THREADS"].ShouldBe(share);
        built["OPENBLAS_NUM_THREADS"].ShouldBe(share);
    }

    [Fact]
    [Trait("Behaviour", "39")]
    public void A_thread_count_that_the_user_set_stays()
    {
        Build(new() { ["OMP_NUM_THREADS"] = "7" }, null)["OMP_NUM_THREADS"].ShouldBe("7");
        Build([], new() { ["DOTNET_PROCESSOR_COUNT"] = "5" })["DOTNET_PROCESSOR_COUNT"].ShouldBe("5");
    }

    [Fact]
    public void A_workers_own_workers_share_its_share_and_not_what_the_user_set()
    {
        Dictionary<string, string> worker = Build(new() { ["MKL_NUM_THREADS"] = "2" }, null, new WorkerShare(8, 2) { Heap = 1 << 30 });
        Dictionary<string, string> given = WorkerEnvironment.GivenOf(worker["SHOAL_WORKER"]);
        worker["BLIS_NUM_THREADS"] = "3"; // set by the initializer

        Dictionary<string, string> inner = Build(worker, null, new WorkerShare(4, 4) { Heap = 1 << 29, Given = given });

        (worker["OMP_NUM_THREADS"], worker["DOTNET_GCHeapHardLimit"]).ShouldBe(("4", "20000000"));
        (inner["OMP_NUM_THREADS"], inner["DOTNET_GCHeapHardLimit"]).ShouldBe(("1", "8000000"));
        (inner["MKL_NUM_THREADS"], inner["BLIS_NUM_THREADS"]).ShouldBe(("2", "3"));
    }

    // What a runtime has for its heap, the machine's memory, a setting: what the heap is limited to.
    [Theory]
    [InlineData(24_000, 24_000, null, null)]
    [InlineData(1_500, 24_000, null, 1_500L)]
    [InlineData(1_500, 2_000, null, 1_500L)]
    [InlineData(1_500, 24_000, "System.GC.HeapHardLimit", null)]
    [InlineData(1_500, 24_000, "System.GC.HeapHardLimitPercent", null)]
    [InlineData(1_500, 0, null, null)]
    public void A_heap_is_limited_by_a_container_and_not_by_the_machine_or_the_users_own_setting(long available, long machine, string? setting, long? limit)
        => WorkerShare.HeapOf(available, machine, name => name == setting ? "1" : null).ShouldBe(limit);

    [Theory]
    [InlineData(6_000, 4, "5DC00000")] // 1,500 MB each
    [InlineData(300, 4, "8000000")] // 128 MB is the least
    [InlineData(100, 4, "6400000")] // but never more than there is
    public void Workers_in_one_container_share_its_memory(long megabytes, int workers, string limit)
        => Build([], null, new WorkerShare(4, workers) { Heap = megabytes << 20 })["DOTNET_GCHeapHardLimit"].ShouldBe(limit);

    [Fact]
    public void A_heap_limit_that_the_user_set_stays()
    {
        WorkerShare share = new(4, 2) { Heap = 1 << 30 };

        Build(new() { ["DOTNET_GCHeapHardLimit"] = "40000000" }, null, share)["DOTNET_GCHeapHardLimit"].ShouldBe("40000000");
        Build(new() { ["DOTNET_GCHeapHardLimitPercent"] = "30" }, null, share).ShouldNotContainKey("DOTNET_GCHeapHardLimit");
        Build([], new() { ["DOTNET_GCHeapHardLimit"] = null }, share).ShouldNotContainKey("DOTNET_GCHeapHardLimit");
        Build([], null).ShouldNotContainKey("DOTNET_GCHeapHardLimit");
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "39")]
    public async Task Workers_see_their_share_and_what_the_user_chose()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = Environment.ProcessorCount, Environment = new Dictionary<string, string?> { ["MKL_NUM_THREADS"] = "7" } });

        pool.Apply(() => (Environment.ProcessorCount, Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), Environment.GetEnvironmentVariable("MKL_NUM_THREADS")))
            .ShouldBe((1, Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "1", "7"));
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
    [Trait("Behaviour", "41")]
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
        Build(inherited, chosen, new WorkerShare(4, 2));

    private static Dictionary<string, string> Build(Dictionary<string, string> inherited, Dictionary<string, string?>? chosen, WorkerShare share) =>
        WorkerEnvironment.Build(inherited, chosen, "/hook.dll", share);
}
