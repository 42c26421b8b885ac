using Shoal;

var folder = Path.Combine(Path.GetTempPath(), $"shoal-sample-{Environment.ProcessId}");
using var pool = Pool.Processes(2);

#region cached
var cached = pool.Cached(folder);
double[] roots = cached.Map([1.0, 4.0, 9.0], x => Slow.Root(x));      // runs three times, and stores three results
double[] more = cached.Map([4.0, 16.0], x => Slow.Root(x));           // another lambda: another function, other keys
double[] again = cached.Map([1.0, 4.0, 25.0], Slow.Root);             // the method itself: one function wherever it is named
double[] known = cached.Map([25.0, 4.0, 1.0], Slow.Root);             // runs nothing
#endregion

Console.WriteLine($"{string.Join(" ", roots)} | {string.Join(" ", more)} | {string.Join(" ", again)} | {string.Join(" ", known)}");
Console.WriteLine($"{cached.Report.Hits} read, {cached.Report.Misses} run");

#region options
var careful = pool.Cached(new CacheOptions
{
    Folder = folder,
    LimitInBytes = 100 << 20,
    Salt = "prices of 2026-11-25",        // the function reads a file that the key cannot see
});
#endregion
Console.WriteLine(careful.Map([25.0], Slow.Root)[0]);
Directory.Delete(folder, recursive: true);

internal static class Slow
{
    public static double Root(double x) => Math.Sqrt(x);
}
