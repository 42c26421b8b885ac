namespace Shoal.Tests.Soak;

/// <summary>What this process holds and what it started, by <c>/proc</c>.</summary>
internal sealed record SoakTraces(string[] Open, int Segments, int Mappings, int ShoalThreads, int OtherThreads)
{
    public static SoakTraces Now()
    {
        // Assemblies are loaded when they are first needed, and stay.
        string[] open = [.. Directory.GetFiles("/proc/self/fd").Select(Target).Where(target => !target.EndsWith(".dll", StringComparison.Ordinal))];
        string[] threads = [.. Directory.GetDirectories("/proc/self/task").Select(folder => Text(Path.Combine(folder, "comm")))];
        var ours = threads.Count(name => name.StartsWith("Shoal", StringComparison.Ordinal));
        return new SoakTraces(
            open,
            open.Count(target => target.Contains("memfd:", StringComparison.Ordinal)),
            File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:shoal", StringComparison.OrdinalIgnoreCase)),
            ours,
            // Threads of the shared pool come and go as the runtime likes.
            threads.Count(name => !name.StartsWith("Shoal", StringComparison.Ordinal) && !name.StartsWith(".NET TP", StringComparison.Ordinal)));
    }

    /// <summary>Whether there is nothing more than before.</summary>
    public bool IsWithin(SoakTraces before) =>
        Open.Length <= before.Open.Length && Segments <= before.Segments && Mappings <= before.Mappings && ShoalThreads <= before.ShoalThreads && OtherThreads <= before.OtherThreads;

    /// <summary>What there is more than before.</summary>
    public string Beyond(SoakTraces before) =>
        $"{before.Open.Length} descriptors before, {Open.Length} after, new are: {string.Join(", ", Open.Except(before.Open))}; segments {before.Segments}, {Segments}; "
        + $"mappings {before.Mappings}, {Mappings}; threads of pools {before.ShoalThreads}, {ShoalThreads}; other threads {before.OtherThreads}, {OtherThreads}";

    /// <summary>The living processes in whose environment a text stands.</summary>
    public static IEnumerable<int> ProcessesWith(string text)
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && process != Environment.ProcessId
                && Text(Path.Combine(folder, "environ")).Contains(text, StringComparison.Ordinal) && Processes.TestBackend.IsAlive(process))
                yield return process;
        }
    }

    /// <summary>The living and the unreaped children of this process.</summary>
    public static IEnumerable<int> Children()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            var status = int.TryParse(Path.GetFileName(folder), out _) ? Text(Path.Combine(folder, "stat")) : "";
            var end = status.LastIndexOf(')');
            if (end > 0 && status[(end + 4)..].Split(' ')[0] == $"{Environment.ProcessId}")
                yield return int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static string Target(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or belongs to somebody else.
            return "";
        }
    }
}
