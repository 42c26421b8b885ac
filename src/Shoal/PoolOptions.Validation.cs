using System.Globalization;
using Shoal.Backends;

namespace Shoal;

/// <content>What is no valid option, and what a back end cannot keep.</content>
public sealed partial record PoolOptions
{
    // What a timer takes.
    private static readonly TimeSpan LongestIdleTimeout = TimeSpan.FromDays(24);

    // An idle worker has about 40 MB resident: a limit near that would replace it for ever.
    private const long LeastMemoryLimit = 64 * 1024 * 1024;

    internal int WorkersOrDefault => Workers ?? System.Environment.ProcessorCount;

    /// <summary>Throws with every problem at once.</summary>
    /// <param name="scheme">The back end that is to keep the options.</param>
    /// <param name="traits">What it can; none where it looks for itself.</param>
    internal PoolOptions ValidatedFor(string scheme, BackendTraits? traits)
    {
        var problems = Problems();
        if (traits?.InProcess is true)
            problems.AddRange(NotInProcess(scheme));
        if (traits is { InProcess: true, CanResize: false } && Workers > 1)
            problems.Add($"Workers must be 1 for '{scheme}' (was {Workers}); use Pool.Threads or Pool.Processes");
        return problems.Count == 0 ? this : throw new ArgumentException($"PoolOptions is not valid: {string.Join("; ", problems)}.");
    }

    private List<string> Problems()
    {
        var problems = new List<string>();
        if (Workers is < 1)
            problems.Add($"Workers must be 1 or more (was {Workers})");
        if (TasksPerWorker is < 1)
            problems.Add($"TasksPerWorker must be 1 or more (was {TasksPerWorker})");
        if (IdleTimeout is { } idle && (idle <= TimeSpan.Zero || idle > LongestIdleTimeout))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"IdleTimeout must be more than 0 and at most {LongestIdleTimeout.Days} days (was {idle})"));
        if (MemoryLimit < LeastMemoryLimit)
            problems.Add($"MemoryLimit must be {LeastMemoryLimit} bytes (64 MB) or more, since an idle worker needs about 40 MB (was {MemoryLimit})");
        if (MemoryLimit is not null && !OperatingSystem.IsLinux())
            problems.Add("MemoryLimit needs Linux; elsewhere leave it out, or limit the program from outside");
        if (Grace < TimeSpan.Zero)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"Grace must not be negative (was {Grace})"));
        foreach (var name in Environment?.Keys ?? [])
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
                problems.Add($"Environment has the name '{name}', which no variable can have");
        }

        return problems;
    }

    private IEnumerable<string> NotInProcess(string scheme)
    {
        var where = $"cannot be kept by '{scheme}', whose functions run in the program itself; use Pool.Processes";
        if (Environment is not null)
            yield return $"Environment {where}";
        if (TasksPerWorker is not null)
            yield return $"TasksPerWorker {where}";
        if (MemoryLimit is not null)
            yield return $"MemoryLimit {where}";
    }
}
