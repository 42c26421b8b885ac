using System.Text.RegularExpressions;

namespace Shoal.House.Tests;

/// <summary>What the documents show is what the repository holds.</summary>
public sealed partial class DocumentTests
{
    /// <summary>What a user reads.</summary>
    private static IEnumerable<string> Guides =>
        Directory.EnumerateFiles(House.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(House.Root, "docs"), "*.md", SearchOption.AllDirectories));

    /// <summary>What a user or a maintainer reads.</summary>
    private static IEnumerable<string> Documents =>
        Guides.Concat(Directory.EnumerateFiles(Path.Combine(House.Root, "src"), "README.md", SearchOption.AllDirectories));

    /// <summary>A block behind <c>&lt;!-- sample: path --&gt;</c> stands in that compiled file, line for line.</summary>
    [Fact]
    public void Code_blocks_are_parts_of_compiled_samples()
    {
        var found = 0;
        foreach (var document in Documents)
        {
            foreach (Match match in SampleBlock().Matches(File.ReadAllText(document)))
            {
                var source = Path.Combine(House.Root, match.Groups["path"].Value);
                File.Exists(source).ShouldBeTrue($"{House.Relative(document)} names {match.Groups["path"].Value}");
                Flatten(File.ReadAllText(source)).ShouldContain(Flatten(match.Groups["code"].Value), customMessage: House.Relative(document));
                found++;
            }
        }

        found.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Blocks_of_csharp_in_what_users_read_name_their_sample()
    {
        var loose =
            from document in Guides
            let text = File.ReadAllText(document)
            let blocks = CSharpBlock().Count(text)
            let named = SampleBlock().Count(text)
            where blocks != named
            select $"{House.Relative(document)}: {blocks} blocks, {named} with a sample";

        loose.ShouldBeEmpty("write <!-- sample: path --> on the line above the block");
    }

    [Fact]
    public void Links_lead_to_files_that_exist()
    {
        var dead =
            from document in Documents
            from Match match in Link().Matches(File.ReadAllText(document))
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Combine(Path.GetDirectoryName(document)!, target.Split('#')[0])
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{House.Relative(document)}: {target}";

        dead.ShouldBeEmpty();
    }

    private static string Flatten(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"<!-- sample: (?<path>\S+) -->\s*```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex SampleBlock();

    [GeneratedRegex("```csharp")]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
