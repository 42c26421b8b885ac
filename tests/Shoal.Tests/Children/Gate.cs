namespace Shoal.Tests.Children;

/// <summary>A file that tells a test that a function runs, and another one that tells the function to go on.</summary>
internal sealed class Gate : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-gate-").FullName;

    /// <summary>What to pass to the function.</summary>
    public string Path => System.IO.Path.Combine(_folder, "gate");

    /// <summary>Called by the function: says that it runs.</summary>
    public static void Arrive(string path) => File.WriteAllText(path + ".arrived", "");

    /// <summary>Called by the function: says that it runs, and waits until the test opens the gate.</summary>
    public static string Pass(string path)
    {
        Arrive(path);
        SpinWait.SpinUntil(() => File.Exists(path), Limit);
        return "passed";
    }

    /// <summary>Waits until the function runs.</summary>
    public void WaitForArrival() => SpinWait.SpinUntil(() => File.Exists(Path + ".arrived"), Limit).ShouldBeTrue("the function does not run");

    public void Open() => File.WriteAllText(Path, "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
