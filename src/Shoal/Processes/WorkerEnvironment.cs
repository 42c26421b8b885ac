using System.Collections;

namespace Shoal.Processes;

/// <summary>The environment variables that a worker starts with.</summary>
internal static class WorkerEnvironment
{
    /// <summary>Marks a worker: its descriptors and the hooks to restore. The hook removes it before anything else runs.</summary>
    public const string Marker = "SHOAL_WORKER";

    /// <summary>What the runtime starts before <c>Main</c>.</summary>
    public const string Hooks = "DOTNET_STARTUP_HOOKS";

    // Native libraries that start a thread for each core they see.
    private static readonly string[] ThreadCounts =
    [
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
    ];

    /// <summary>Builds the environment.</summary>
    /// <param name="inherited">The pool's own.</param>
    /// <param name="chosen">What the user set for the workers; it goes before everything but the marker and the hook. A null removes a variable.</param>
    /// <param name="hook">What to add to <see cref="Hooks"/>.</param>
    /// <param name="cores">The cores that the pool may use.</param>
    /// <param name="workers">The workers that share them.</param>
    public static Dictionary<string, string> Build(IDictionary inherited, IReadOnlyDictionary<string, string?>? chosen, string hook, int cores, int workers)
    {
        Dictionary<string, string> result = new(inherited.Count + 16, StringComparer.Ordinal);
        foreach (DictionaryEntry entry in inherited)
            result[(string)entry.Key] = (string?)entry.Value ?? "";

        string share = Math.Max(1, cores / workers).ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (string name in ThreadCounts)
            result.TryAdd(name, share);
        result["DOTNET_PROCESSOR_COUNT"] = share; // `cores` already honours what the pool's own process was given
        result["DOTNET_gcServer"] = "0";
        result.TryAdd("DOTNET_gcConcurrent", "0"); // saves a thread and its memory
        // Told that it has one core, the runtime would compile what runs often ten times later, since that takes the only core from the work: 1 s after the start
        // instead of 0.1 s, and again for each step. Worker processes are there to use cores that are free.
        result.TryAdd("DOTNET_TC_DelaySingleProcMultiplier", "1");
        result.TryAdd("DOTNET_EnableDiagnostics", "0"); // its pipes and sockets in the temporary folder outlive a killed process; set it to 1 to debug a worker
        _ = result.Remove("DOTNET_DiagnosticPorts"); // a tracer's port may hold a process until the tracer lets it go on, and it waits for one only
        if (chosen is not null)
        {
            foreach ((string name, string? value) in chosen)
            {
                if (value is null)
                    _ = result.Remove(name);
                else
                    result[name] = value;
            }
        }

        string others = result.GetValueOrDefault(Hooks, "");
        result[Hooks] = others.Length == 0 ? hook : others + Path.PathSeparator + hook;
        result[Marker] = FormatMarker(others);
        return result;
    }

    /// <summary>The marker's value: the hooks to put back.</summary>
    public static string FormatMarker(string hooks) => "1;" + hooks;

    /// <summary>Reads <see cref="FormatMarker"/>.</summary>
    public static string HooksOf(string marker) => marker.StartsWith("1;", StringComparison.Ordinal) ? marker[2..] : "";
}
