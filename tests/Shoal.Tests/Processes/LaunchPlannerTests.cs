using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Every host as a record, without running it.</summary>
public class LaunchPlannerTests
{
    private const string Shoal = "/app/Shoal.dll";

    private static readonly HostFacts AppHost = new()
    {
        ProcessPath = "/app/Ten",
        EntryName = "Ten",
        EntryPath = "/app/Ten.dll",
        ShoalPath = Shoal,
        DependencyFiles = "/app/Ten.deps.json;/dotnet/shared/Microsoft.NETCore.App/10.0.1/Microsoft.NETCore.App.deps.json",
        CorePath = "/dotnet/shared/Microsoft.NETCore.App/10.0.1/System.Private.CoreLib.dll",
        Exists = _ => true,
    };

    private static readonly HostFacts SingleFile = AppHost with { EntryPath = "", ShoalPath = "" };

    [Fact]
    public void An_apphost_is_started_again() => Check(AppHost, "/app/Ten", Shoal);

    [Fact]
    public void A_self_contained_apphost_is_started_again() =>
        Check(AppHost with { CorePath = "/app/System.Private.CoreLib.dll", Exists = file => !file.EndsWith("dotnet", StringComparison.Ordinal) }, "/app/Ten", Shoal);

    [Fact]
    public void A_program_under_dotnet_is_executed_with_its_own_settings() =>
        Check(
            AppHost with { ProcessPath = "/dotnet/dotnet" },
            "/dotnet/dotnet", Shoal, "exec", "--runtimeconfig", "/app/Ten.runtimeconfig.json", "--depsfile", "/app/Ten.deps.json", "/app/Ten.dll");

    [Fact]
    public void A_renamed_apphost_goes_through_dotnet() =>
        Check(
            AppHost with { ProcessPath = "/app/other" },
            "/dotnet/dotnet", Shoal, "exec", "--runtimeconfig", "/app/Ten.runtimeconfig.json", "--depsfile", "/app/Ten.deps.json", "/app/Ten.dll");

    [Fact]
    public void A_renamed_self_contained_apphost_is_started_again() =>
        Check(
            AppHost with { ProcessPath = "/app/other", CorePath = "/app/System.Private.CoreLib.dll", Exists = file => !file.EndsWith("dotnet", StringComparison.Ordinal) },
            "/app/other", Shoal);

    [Theory]
    [InlineData("/dotnet/dotnet")]
    [InlineData("/app/testhost")]
    public void A_test_host_runs_with_the_settings_of_the_test_project(string processPath) =>
        Check(
            AppHost with { ProcessPath = processPath, EntryName = "testhost", EntryPath = "/packages/testhost.dll", DependencyFiles = "/app/My.Tests.deps.json;/x.deps.json" },
            "/dotnet/dotnet", Shoal, "exec", "--runtimeconfig", "/app/My.Tests.runtimeconfig.json", "--depsfile", "/app/My.Tests.deps.json", "/packages/testhost.dll");

    [Fact]
    public void The_documented_separator_of_dependency_files_works_too() =>
        LaunchPlanner.Plan(AppHost with { ProcessPath = "/dotnet/dotnet", DependencyFiles = "/app/Ten.deps.json:/x.deps.json" }).Arguments.ShouldContain("/app/Ten.deps.json");

    [Fact]
    public void Without_dependency_and_runtime_files_none_are_named() =>
        Check(AppHost with { ProcessPath = "/dotnet/dotnet", DependencyFiles = "", Exists = _ => false }, "/dotnet/dotnet", Shoal, "exec", "/app/Ten.dll");

    [Fact]
    public void A_single_file_names_the_hook_by_assembly() => Check(SingleFile, "/app/Ten", "Shoal");

    [Fact]
    public void A_self_contained_single_file_names_the_hook_by_assembly() => Check(SingleFile with { CorePath = "" }, "/app/Ten", "Shoal");

    [Fact]
    public void A_switched_off_hook_is_refused_with_the_property_to_set()
    {
        var message = Refusal(AppHost with { HooksSupported = false });

        message.ShouldContain("<StartupHookSupport>true</StartupHookSupport>");
        message.ShouldContain("#:property PublishAot=false");
        message.ShouldContain("Pool.Threads()");
    }

    [Theory]
    [InlineData("dotnet-script")]
    [InlineData("Microsoft.DotNet.Interactive.App")]
    [InlineData("LINQPad.Query")]
    [InlineData("csi")]
    [InlineData("pwsh")]
    public void Script_hosts_are_refused_by_name(string entry)
    {
        var message = Refusal(AppHost with { EntryName = entry, EntryPath = $"/tools/{entry}.dll", ProcessPath = "/dotnet/dotnet" });

        message.ShouldContain(entry);
        message.ShouldContain("class library");
    }

    [Fact]
    public void An_entry_assembly_in_memory_is_refused() => Refusal(AppHost with { EntryPath = "" }).ShouldContain("only in memory");

    [Fact]
    public void A_process_without_entry_assembly_is_refused() => Refusal(AppHost with { EntryName = null }).ShouldContain("no entry assembly");

    [Fact]
    public void A_program_compiled_ahead_of_time_is_refused() => Refusal(SingleFile with { DynamicCode = false }).ShouldContain("<PublishAot>");

    [Fact]
    public void Windows_is_refused() => Refusal(AppHost with { Windows = true }).ShouldContain("Windows");

    [Fact]
    public void A_process_without_a_path_is_refused() => Refusal(AppHost with { ProcessPath = null }).ShouldContain("Pool.Threads()");

    private static void Check(HostFacts host, string file, string hook, params string[] arguments)
    {
        LaunchPlan plan = LaunchPlanner.Plan(host);

        plan.File.ShouldBe(file);
        plan.Hook.ShouldBe(hook);
        plan.Arguments.ShouldBe(arguments);
    }

    private static string Refusal(HostFacts host) => Should.Throw<ShoalException>(() => LaunchPlanner.Plan(host)).Message;
}
