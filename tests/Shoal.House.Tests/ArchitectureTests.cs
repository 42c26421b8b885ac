using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Shoal.House.Tests;

/// <summary>An assembly is a layer: the reference graph equals the table of <c>docs/architecture.md</c>.</summary>
public sealed partial class ArchitectureTests
{
    [Fact]
    public void The_reference_graph_is_the_documented_one()
    {
        var documented = File.ReadLines(Path.Combine(House.Root, "docs", "architecture.md"))
            .Select(line => Row().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[1].Value, match => Names(match.Groups[2].Value));

        var actual = House.Projects.ToDictionary(project => project, References);

        actual.Keys.Order().ShouldBe(documented.Keys.Order(), "the projects of src/ against the table");
        foreach (var (project, references) in actual)
            references.ShouldBe(documented[project], customMessage: project);
    }

    private static string[] References(string project) =>
    [
        .. XDocument.Load(Path.Combine(House.Root, "src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order(StringComparer.Ordinal),
    ];

    private static string[] Names(string cell) => [.. Code().Matches(cell).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^\| `(Shoal[\w.]*)` \|.*\| ([^|]*) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
