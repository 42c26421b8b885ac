using System.Collections;
using System.Globalization;

namespace Shoal.Processes;

/// <summary>The environment variables that a worker starts with.</summary>
internal static class WorkerEnvironment
{
    /// <summary>Marks a worker: what it was given and the hooks to restore. The hook removes it before anything else runs.</summary>
    public const string Marker = "SHOAL_WORKER";

    /// <summary>What the runtime starts before <c>Main</c>.</summary>
    public const string Hooks = "DOTNET_STARTUP_HOOKS";

    // Native libraries that start a thread for each core they see.
    private static readonly string[] ThreadCounts =
    [
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
    ];

    // Whoever chose one of these limits the heap already.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";

    // Garbage of the youngest generation may grow to this part of a worker's limit, and no further, before it is collected.
    private const int YoungestPart = 8;

    /// <summary>Builds the environment.</summary>
    /// <param name="inherited">The pool's own.</param>
    /// <param name="chosen">What the user set for the workers; it goes before everything but the marker and the hook. A null removes a variable.</param>
    /// <param name="hook">What to add to <see cref="Hooks"/>.</param>
    /// <param name="share">What a worker may use.</param>
    public static Dictionary<string, string> Build(IDictionary inherited, IReadOnlyDictionary<string, string?>? chosen, string hook, WorkerShare share)
    {
        Dictionary<string, string> result = new(inherited.Count + 16, StringComparer.Ordinal);
        foreach (DictionaryEntry entry in inherited)
            result[(string)entry.Key] = (string?)entry.Value ?? "";

        Dictionary<string, string> given = [];
        void Give(string name, string value)
        {
            if (result.TryGetValue(name, out var old) && share.Given.GetValueOrDefault(name) != old)
                return;
            result[name] = given[name] = value;
        }

        var cores = share.WorkerCores.ToString(CultureInfo.InvariantCulture);
        foreach (var name in ThreadCounts)
            Give(name, cores);
        result["DOTNET_PROCESSOR_COUNT"] = cores; // the share already honours what the pool's own process was given
        var limited = false;
        foreach (var name in result.Keys)
            limited |= name.StartsWith(HeapLimit, StringComparison.Ordinal) && !share.Given.ContainsKey(name);
        if (share.WorkerHeap is { } heap && !limited)
            Give(HeapLimit, heap.ToString("X", CultureInfo.InvariantCulture));
        if (share.MemoryLimit is { } memory)
            Give("DOTNET_GCgen0MaxBudget", (memory / YoungestPart).ToString("X", CultureInfo.InvariantCulture));
        result["DOTNET_gcServer"] = "0";
        result.TryAdd("DOTNET_gcConcurrent", "0"); // saves a thread and its memory
        // Told that it has one core, the runtime would compile what runs often ten times later, since that takes the only core from the work: 1 s after the start
        // instead of 0.1 s, and again for each step. Worker processes are there to use cores that are free.
        result.TryAdd("DOTNET_TC_DelaySingleProcMultiplier", "1");
        result.TryAdd("DOTNET_EnableDiagnostics", "0"); // its pipes and sockets in the temporary folder outlive a killed process; set it to 1 to debug a worker
        _ = result.Remove("DOTNET_DiagnosticPorts"); // a tracer's port may hold a process until the tracer lets it go on, and it waits for one only
        if (chosen is not null)
        {
            foreach ((var name, var value) in chosen)
            {
                if (value is null)
                    _ = result.Remove(name);
                else
                    result[name] = value;
            }
        }

        var others = result.GetValueOrDefault(Hooks, "");
        result[Hooks] = others.Length == 0 ? hook : others + Path.PathSeparator + hook;
        result[Marker] = FormatMarker(others, given);
        return result;
    }

    /// <summary>The marker's value: the variables that nobody chose, and the hooks to put back.</summary>
    private static string FormatMarker(string hooks, Dictionary<string, string> given)
    {
        var marker = "";
        foreach ((var name, var value) in given)
            marker += $"{name}={value},";
        return $"{marker};{hooks}";
    }

    /// <summary>The hooks of a marker.</summary>
    public static string HooksOf(string marker) => marker[(marker.IndexOf(';') + 1)..];

    /// <summary>The variables of a marker that nobody chose.</summary>
    public static Dictionary<string, string> GivenOf(string marker)
    {
        Dictionary<string, string> given = [];
        foreach (var pair in marker[..Math.Max(0, marker.IndexOf(';'))].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals > 0)
                given[pair[..equals]] = pair[(equals + 1)..];
        }
        return given;
    }
}
