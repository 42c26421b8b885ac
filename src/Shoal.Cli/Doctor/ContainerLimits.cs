using System.Globalization;

namespace Shoal.Cli.Doctor;

/// <summary>The limits that Linux's control groups set for this process: version 2, and version 1 of older systems.</summary>
/// <param name="Processors">Processors, in parts; none where nothing limits them.</param>
/// <param name="Memory">Bytes; none where nothing limits them.</param>
internal sealed record ContainerLimits(double? Processors, long? Memory)
{
    // Version 1 writes "no limit" as a number of this size.
    private const long NoLimit = long.MaxValue / 2;

    /// <summary>Reads the limits; none where the system has no control groups.</summary>
    /// <param name="root">The folder that holds <c>proc</c> and <c>sys</c>: <c>/</c>, but for tests.</param>
    public static ContainerLimits Read(string root = "/")
    {
        var file = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(file))
            return new(null, null);

        double? processors = null;
        long? memory = null;
        foreach (var line in File.ReadLines(file).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3))
        {
            var controllers = line[1].Split(',');
            var mount = Path.Combine(root, "sys/fs/cgroup", line[1]);
            foreach (var folder in Upwards(mount, line[2]))
            {
                if (line[1].Length == 0)
                {
                    processors = Least(processors, Quota(Text(folder, "cpu.max")?.Split(' ')));
                    memory = Least(memory, Bytes(Text(folder, "memory.max")));
                }
                else if (controllers.Contains("cpu"))
                {
                    processors = Least(processors, Quota([Text(folder, "cpu.cfs_quota_us") ?? "", Text(folder, "cpu.cfs_period_us") ?? ""]));
                }
                else if (controllers.Contains("memory"))
                {
                    memory = Least(memory, Bytes(Text(folder, "memory.limit_in_bytes")));
                }
            }
        }

        return new(processors, memory);
    }

    // A group is limited by what is above it as well. In a container the group's own path may not be visible: its mount is then the group.
    private static IEnumerable<string> Upwards(string mount, string group)
    {
        for (var path = group.Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
        {
            yield return Path.Combine(mount, path);
            if (path.Length == 0)
                yield break;
        }
    }

    private static string? Text(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    private static double? Quota(string[]? parts) =>
        parts is [var quota, var period] && Number(quota) is { } time && Number(period) is { } every && time > 0 && every > 0 ? (double)time / every : null;

    private static long? Bytes(string? text) => Number(text) is { } bytes && bytes < NoLimit ? bytes : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Least<T>(T? one, T? other)
        where T : struct, IComparable<T> => one is { } first && other is { } second ? (first.CompareTo(second) <= 0 ? first : second) : one ?? other;
}
