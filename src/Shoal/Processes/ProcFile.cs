namespace Shoal.Processes;

/// <summary>Reads Linux's files of lines such as <c>MemTotal:  24690112 kB</c>.</summary>
internal static class ProcFile
{
    /// <summary>The bytes that stand behind a name; 0 where the file has no such line.</summary>
    /// <exception cref="IOException">There is no such file, or what it tells of is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static long Bytes(string path, string name)
    {
        const string unit = "kB";
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line.AsSpan(name.Length).Trim().TrimEnd(unit).Trim(), out var size))
                return size * 1024;
        }
        return 0;
    }
}
