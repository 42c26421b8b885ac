using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Shoal.House.Tests;

/// <summary>Where the repository is, and what belongs to it.</summary>
internal static partial class House
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The libraries of <c>src/</c>, by name.</summary>
    public static IReadOnlyList<string> Libraries { get; } = ["Shoal", "Shoal.Numerics", "Shoal.Frames", "Shoal.Learning"];

    /// <summary>All projects of <c>src/</c>.</summary>
    public static IEnumerable<string> Projects =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    /// <summary>The C# files below a folder of the repository, without what the build made.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        from folder in folders
        let path = Path.Combine(Root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
        where !Built().IsMatch(file)
        orderby file
        select file;

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>The lines of a file with comments and the contents of plain strings taken out, so that a scan sees code alone.</summary>
    public static IEnumerable<(int Number, string Code)> Code(string file)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var code = PlainString().Replace(line, "\"\"");
            var comment = code.IndexOf("//", StringComparison.Ordinal);
            yield return (number, comment < 0 ? code : code[..comment]);
        }
    }

    private static string FindRoot(string start, [CallerFilePath] string? here = null)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Shoal.slnx")))
                return folder.FullName;
        throw new InvalidOperationException($"No Shoal.slnx above {start} (compiled at {here}).");
    }

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex PlainString();
}
