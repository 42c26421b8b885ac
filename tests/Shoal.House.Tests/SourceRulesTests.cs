using System.Text.RegularExpressions;

namespace Shoal.House.Tests;

/// <summary>Rules that a scan of the sources can see.</summary>
public sealed class SourceRulesTests
{
    private const int LongFile = 300;

    [Theory]
    [InlineData(@"\bDateTime(Offset)?\.(Utc)?Now\b", "a TimeProvider or Stopwatch")]
    [InlineData(@"\bnew Random\(\)|\bRandom\.Shared\b|\bnew System\.Random\(\)", "Philox with an explicit seed")]
    [InlineData(@"\b[Tt]ask\w*\.Result\b", "await, or a thread of its own")]
    [InlineData(@"\bThread\.Sleep\b", "an event or a bounded wait")]
    [InlineData(@"\bNotImplementedException\b|\bTODO\b|\bFIXME\b", "finished work")]
    public void Sources_do_not_use(string pattern, string instead)
    {
        var found = Find(pattern, House.Sources("src"));

        found.ShouldBeEmpty($"use {instead}");
    }

    [Theory]
    [InlineData(@"\bTensorPrimitives\b", "not reproducible")]
    [InlineData(@"Estimate\b", "differs by processor")]
    [InlineData(@"\bVector(64|128|256|512)?\.(Sum|Dot)\b", "its order follows the width")]
    [InlineData(@"\bMathF?\.(Exp|Log|Log2|Log10|Pow|Sin|Cos|Tan|Sinh|Cosh|Tanh|Asin|Acos|Atan|Atan2|Cbrt)\b", "the platform's bits, not ours")]
    public void Code_that_decides_results_does_not_use(string pattern, string why)
    {
        var found = Find(pattern, House.Sources("src/Shoal.Numerics", "src/Shoal.Learning", "src/Shoal.Frames"));

        found.ShouldBeEmpty(why);
    }

    [Fact]
    public void A_long_file_says_why_at_its_top()
    {
        var silent =
            from file in House.Sources("src")
            let lines = File.ReadAllLines(file)
            where lines.Length > LongFile
            where !lines.Take(12).Any(line => line.Contains("long", StringComparison.OrdinalIgnoreCase) && line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            select $"{House.Relative(file)} has {lines.Length} lines";

        silent.ShouldBeEmpty($"files over {LongFile} lines need a comment at the top: // Long because …");
    }

    [Fact]
    public void No_project_of_src_shows_its_insides_to_another()
    {
        var shown =
            from project in House.Projects
            let text = File.ReadAllText(Path.Combine(House.Root, "src", project, project + ".csproj"))
            from Match match in Regex.Matches(text, "InternalsVisibleTo Include=\"([^\"]+)\"")
            where !match.Groups[1].Value.EndsWith(".Tests", StringComparison.Ordinal)
            select $"{project} → {match.Groups[1].Value}";

        shown.ShouldBeEmpty();
    }

    [Fact]
    public void The_core_and_the_kernels_reference_no_package()
    {
        foreach (var project in new[] { "Shoal", "Shoal.Numerics" })
            File.ReadAllText(Path.Combine(House.Root, "src", project, project + ".csproj")).ShouldNotContain("PackageReference", customMessage: project);
    }

    [Fact]
    public void Tests_are_not_skipped_by_hand()
    {
        Find(@"\bSkip\s*=", House.Sources("tests")).ShouldBeEmpty("skip at run time with Skip.If and a reason");
    }

    private static List<string> Find(string pattern, IEnumerable<string> files)
    {
        var regex = new Regex(pattern);
        return
        [
            .. from file in files
               from line in House.Code(file)
               where regex.IsMatch(line.Code)
               select $"{House.Relative(file)}:{line.Number}: {line.Code.Trim()}",
        ];
    }
}
