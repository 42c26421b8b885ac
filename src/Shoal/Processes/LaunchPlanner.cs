namespace Shoal.Processes;

/// <summary>
/// Decides how this program is started once more as a worker, or why it cannot be. A worker is the user's own program: the same files, the same
/// runtime, and a start-up hook that serves the pool instead of <c>Main</c>.
/// </summary>
internal static class LaunchPlanner
{
    private const string Threads = "or use Pool.Threads(), which runs the same functions here";

    // Their entry assembly is the host's; the user's code exists only in memory, where a second process cannot find it.
    private static readonly string[] ScriptHosts =
    [
        "csi", "csharprepl", "dotnet-script", "dotnet-repl", "dotnet-interactive", "Microsoft.DotNet.Interactive.App", "fsi", "LINQPad", "LINQPad.Query", "LPRun", "pwsh", "scriptcs",
    ];

    /// <summary>The plan for a host.</summary>
    /// <exception cref="ShoalException">The host cannot be started as a worker; the message names the cure.</exception>
    public static LaunchPlan Plan(HostFacts host)
    {
        if (host.Windows)
            throw Refuse("worker processes run on Linux and macOS so far, and this is Windows", "Run the program under WSL");
        if (!host.DynamicCode)
        {
            throw Refuse(
                "this program is compiled ahead of time or built to be (`dotnet run app.cs` does so), and functions cannot be loaded by name in it",
                "Put <PublishAot>false</PublishAot> into the project, or `#:property PublishAot=false` into the file that `dotnet run` takes");
        }
        if (!host.HooksSupported)
        {
            throw Refuse(
                "the start-up hook, which turns a second start of the program into a worker, is switched off in it (trimmed programs and `dotnet run app.cs` do so)",
                "Put <StartupHookSupport>true</StartupHookSupport> into the project, or `#:property PublishAot=false` into the file that `dotnet run` takes");
        }
        if (host.EntryName is null)
            throw Refuse("this process has no entry assembly: .NET runs inside another program", "Move the code to a console program");
        if (IsScriptHost(host.EntryName))
            throw Refuse($"this is a notebook or script host ({host.EntryName}), whose code exists only in its memory", "Move the function to a class library or a console program");
        if (host.ProcessPath is null)
            throw Refuse("the system does not tell which file this process runs", "Start the program from a file");

        var singleFile = host.EntryPath.Length == 0 && host.ShoalPath.Length == 0;
        if (host.EntryPath.Length == 0 && !singleFile)
            throw Refuse($"the entry assembly {host.EntryName} exists only in memory, as in a script host", "Move the function to a class library or a console program");

        var hook = host.ShoalPath.Length == 0 ? "Shoal" : host.ShoalPath;
        var dotnet = FindDotnet(host);
        var program = Path.GetFileNameWithoutExtension(host.ProcessPath);
        if (singleFile || dotnet is null || (!IsDotnet(host.ProcessPath) && program.Equals(host.EntryName, StringComparison.OrdinalIgnoreCase) && !IsTestHost(program)))
            return new LaunchPlan(host.ProcessPath, [], hook);
        return new LaunchPlan(dotnet, Execute(host), hook);
    }

    private static List<string> Execute(HostFacts host)
    {
        List<string> arguments = ["exec"];
        var dependencies = First(host.DependencyFiles);
        var beside = dependencies.EndsWith(".deps.json", StringComparison.Ordinal) ? dependencies[..^".deps.json".Length] : Path.ChangeExtension(host.EntryPath, null);
        var runtime = beside + ".runtimeconfig.json";
        if (!host.Exists(runtime))
            runtime = Path.ChangeExtension(host.EntryPath, ".runtimeconfig.json");
        if (host.Exists(runtime))
            arguments.AddRange(["--runtimeconfig", runtime]);
        if (dependencies.Length > 0 && host.Exists(dependencies))
            arguments.AddRange(["--depsfile", dependencies]);
        arguments.Add(host.EntryPath);
        return arguments;
    }

    // The separator is `;` on every system that was measured, and `:` in the documentation.
    private static string First(string files)
    {
        var end = files.IndexOf(';', StringComparison.Ordinal);
        if (end < 0)
            end = files.IndexOf(':', Math.Min(files.Length, 2));
        return end < 0 ? files : files[..end];
    }

    private static string? FindDotnet(HostFacts host)
    {
        if (IsDotnet(host.ProcessPath!))
            return host.ProcessPath;
        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        var root = host.CorePath.Length == 0 ? null : Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(host.CorePath))));
        var dotnet = root is null ? null : Path.Combine(root, "dotnet");
        return dotnet is not null && host.Exists(dotnet) ? dotnet : null;
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    // A test host's own start needs the settings of the test project, which only `dotnet exec` takes.
    private static bool IsTestHost(string program) => program.StartsWith("testhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsScriptHost(string entry)
    {
        foreach (var host in ScriptHosts)
        {
            if (entry.Equals(host, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return entry.StartsWith("Microsoft.DotNet.Interactive", StringComparison.OrdinalIgnoreCase) || entry.StartsWith("LINQPad", StringComparison.OrdinalIgnoreCase);
    }

    private static ShoalException Refuse(string why, string cure) => new($"Pool.Processes() cannot start workers here: {why}. {cure}, {Threads}.");
}
