using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Shoal.Cli.Doctor;

/// <summary>What the machine has: runtime, cores, memory, vectors.</summary>
internal static class MachineChecks
{
    private const long Megabyte = 1_000_000;

    // An idle worker process holds about 40 MB, the caller as much; the user's own data come on top.
    private const long WorkerMemory = 40 * Megabyte;

    public static MachineResult Machine => new(Environment.ProcessorCount, UsableMemory, VectorBits);

    public static IReadOnlyList<Check> All { get; } =
    [
        new("runtime", true, _ => Runtime()),
        new("cores", true, _ => Cores(ContainerLimits.Read())),
        new("memory", true, _ => Memory(ContainerLimits.Read())),
        new("vectors", false, _ => Vectors()),
    ];

    private static long UsableMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static Finding Runtime() => new(
        Environment.Version.Major >= 10,
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
        Environment.Version.Major >= 10 ? null : "Install the .NET 10 SDK or runtime.");

    private static Finding Cores(ContainerLimits limits)
    {
        var (usable, online, allowed) = (Environment.ProcessorCount, Count("/sys/devices/system/cpu/online"), Allowed());
        var parts = new List<string> { Invariant($"{usable} usable") };
        if (online is { } all && all != usable)
            parts.Add(Invariant($"{all} in the machine"));
        if (allowed is { } some && some != online)
            parts.Add(Invariant($"affinity to {some}"));
        if (limits.Processors is { } quota)
            parts.Add(Invariant($"container limit {quota:0.##}"));
        if (Environment.GetEnvironmentVariable("DOTNET_PROCESSOR_COUNT") is { Length: > 0 } set)
            parts.Add($"DOTNET_PROCESSOR_COUNT {set}");

        // A pool has as many workers as there are usable cores; more than the quota would only wait for each other.
        var advice = limits.Processors is { } limit && limit < usable
            ? Invariant($"The container may use {limit:0.##} processors: name the workers, such as --pool processes:{Math.Max(1, (int)limit)}.")
            : usable == 1 ? "With one core no pool is faster than the loop; worker processes still survive crashes." : null;
        return new(true, string.Join(", ", parts), advice);
    }

    private static Finding Memory(ContainerLimits limits)
    {
        var free = FromMemoryInfo("MemAvailable:");
        var parts = new List<string> { Invariant($"{UsableMemory / Megabyte} MB usable") };
        if (free is { } available)
            parts.Add(Invariant($"{available / Megabyte} MB free"));
        if (limits.Memory is { } limit)
            parts.Add(Invariant($"container limit {limit / Megabyte} MB"));

        var needed = (Environment.ProcessorCount + 1) * WorkerMemory;
        var least = Math.Min(free ?? UsableMemory, UsableMemory);
        var enough = least >= needed;
        var advice = enough ? null : Invariant($"{Environment.ProcessorCount} worker processes and their caller take about {needed / Megabyte} MB before any data: use fewer workers, or threads.");
        return new(enough, string.Join(", ", parts), advice);
    }

    private static Finding Vectors() => VectorBits switch
    {
        0 => new(true, "none", "Training and prediction run without vector instructions: the same results, many times slower."),
        var bits => new(true, Invariant($"{bits} bits")),
    };

    // Lists such as 0-3,8.
    private static int? Count(string file) => File.Exists(file) ? Count(File.ReadAllText(file).Trim().Split(',')) : null;

    private static int? Allowed() =>
        File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) is { } line
            ? Count(line.Split(':')[1].Trim().Split(','))
            : null;

    private static int? Count(string[] ranges)
    {
        var count = 0;
        foreach (var range in ranges)
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
                return null;
            count += last - first + 1;
        }

        return count;
    }

    private static long? FromMemoryInfo(string key)
    {
        const string File = "/proc/meminfo";
        if (!System.IO.File.Exists(File) || System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is not { } line)
            return null;
        return long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
