namespace Shoal.Tests.Contract;

/// <summary>A folder for a cache, and one in which every run of a function leaves a file, whatever process it ran in.</summary>
internal sealed class CacheTestFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("shoal-cache-").FullName;

    public CacheTestFolder() => Directory.CreateDirectory(Runs);

    public string Cache => Path.Combine(_root, "cache");

    public string Runs => Path.Combine(_root, "runs");

    /// <summary>The entries, whole or damaged.</summary>
    public string[] Entries => [.. Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories)];

    /// <summary>The square, and a trace that it was computed.</summary>
    public static int Square(string runs, int x)
    {
        File.WriteAllBytes(Path.Combine(runs, $"{x} {Guid.NewGuid()}"), []);
        return x * x;
    }

    public int CountRuns() => Ran().Length;

    /// <summary>What was computed, as often as it was.</summary>
    public int[] Ran() => [.. Directory.EnumerateFiles(Runs).Select(file => int.Parse(Path.GetFileName(file).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
