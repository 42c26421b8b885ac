using System.ComponentModel;
using System.Diagnostics;

namespace Shoal.Cli.Doctor;

/// <summary>Finds programs and libraries of the system, and asks programs for their version.</summary>
internal static class OtherPrograms
{
    // What a program says of itself is its business; it is not waited for longer than a person would.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string[] Endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
    private static readonly string[] UsualFolders = ["/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib", "/opt/homebrew/lib"];

    /// <summary>The file of the first of these programs that is on the path, or null.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         from ending in Endings
         let file = Path.Combine(folder, name + ending)
         where File.Exists(file)
         select file).FirstOrDefault();

    /// <summary>The file of a library, with or without a version after its name, in the folders where systems keep them, or null.</summary>
    public static string? FindLibrary(string name)
    {
        var named = (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return named.Concat(UsualFolders).Concat(Triplets("/usr/lib")).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, name + "*")).FirstOrDefault();
    }

    /// <summary>The first line that a program says about itself, or its file where it says nothing in time.</summary>
    public static string Version(string file, string argument, CancellationToken cancel)
    {
        try
        {
            return Ask(file, argument, cancel) ?? file;
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            return file;
        }
    }

    private static IEnumerable<string> Triplets(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*-linux-*") : [];

    private static string? Ask(string file, string argument, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(file, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        try
        {
            // Java speaks of its version on stderr. Both are read to their end, so that neither can fill up.
            var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            if (!said.Wait(Patience, cancel))
                return null;
            return said.GetAwaiter().GetResult().SelectMany(text => text.Split('\n')).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
