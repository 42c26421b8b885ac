using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shoal.Processes;

/// <summary>What decides how a program can be started once more as a worker. A plain record, so that every host is a test case.</summary>
internal sealed record HostFacts
{
    /// <summary>Whether the system is Windows, where this back end does not run yet.</summary>
    public bool Windows { get; init; }

    /// <summary>The switch <c>System.StartupHookProvider.IsSupported</c>; true where it is not set.</summary>
    public bool HooksSupported { get; init; } = true;

    /// <summary>False in programs that were compiled ahead of time.</summary>
    public bool DynamicCode { get; init; } = true;

    /// <summary>The file that this process runs.</summary>
    public string? ProcessPath { get; init; }

    /// <summary>The simple name of the assembly with <c>Main</c>.</summary>
    public string? EntryName { get; init; }

    /// <summary>Its file; empty in a single file and for assemblies made in memory.</summary>
    public string EntryPath { get; init; } = "";

    /// <summary>The file of Shoal.dll; empty in a single file.</summary>
    public string ShoalPath { get; init; } = "";

    /// <summary>The deps.json files of the program and its frameworks.</summary>
    public string DependencyFiles { get; init; } = "";

    /// <summary>The file of the core library; empty in a self-contained single file.</summary>
    public string CorePath { get; init; } = "";

    /// <summary>Whether a file exists.</summary>
    public Func<string, bool> Exists { get; init; } = File.Exists;

    /// <summary>The facts of this process.</summary>
    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is the answer that tells a single file.")]
    public static HostFacts Read()
    {
        Assembly? entry = Assembly.GetEntryAssembly();
        return new HostFacts
        {
            Windows = OperatingSystem.IsWindows(),
            HooksSupported = !AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var supported) || supported,
            DynamicCode = RuntimeFeature.IsDynamicCodeSupported,
            ProcessPath = Environment.ProcessPath,
            EntryName = entry?.GetName().Name,
            EntryPath = entry?.Location ?? "",
            ShoalPath = typeof(HostFacts).Assembly.Location,
            DependencyFiles = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "",
            CorePath = typeof(object).Assembly.Location,
        };
    }
}
