using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Shoal.Tests.Behaviours;

/// <summary>
/// <c>docs/behaviours.md</c> says what the tests say. After a change of traits: <c>SHOAL_APPROVE=1 dotnet test tests/Shoal.Tests --filter BehaviourTests</c>.
/// </summary>
public class BehaviourTests(ITestOutputHelper output)
{
    private static readonly string Document = Path.Combine(Processes.TestProgram.Repository, "docs", "behaviours.md");

    [Fact]
    public void The_table_of_behaviours_names_the_tests_that_show_them()
    {
        var shown = BehaviourTable.Read();
        var actual = BehaviourTable.WithRows(File.ReadAllText(Document), row => shown.TryGetValue(row.Number, out var entry)
            ? row with { Backends = BehaviourTable.InOrder(entry.Backends), Tests = string.Join(", ", entry.Tests.Select(test => $"`{test}`")) }
            : row);
        if (Environment.GetEnvironmentVariable("SHOAL_APPROVE") == "1")
            File.WriteAllText(Document, actual);

        File.ReadAllText(Document).Split('\n').ShouldBe(actual.Split('\n'));
    }

    [Fact]
    public void Every_behaviour_has_a_test_or_a_reason()
    {
        var shown = BehaviourTable.Read();
        var rows = BehaviourTable.Rows(File.ReadAllText(Document));

        rows.Select(row => row.Number).ShouldBe(Enumerable.Range(1, BehaviourTable.Count));
        shown.Keys.ShouldBeSubsetOf(rows.Select(row => row.Number));
        foreach (var row in rows.Where(row => !shown.ContainsKey(row.Number)))
        {
            row.HasTests.ShouldBeFalse($"the tests of {row.Number} are gone");
            row.Tests.ShouldStartWith("not applicable: ", customMessage: $"{row.Number} has no test and no reason");
        }
    }

    [Fact]
    public void Tests_that_the_page_names_exist()
    {
        var names = typeof(BehaviourTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet();

        Regex.Matches(File.ReadAllText(Document), @"`([A-Z]\w*_\w+)`").Select(match => match.Groups[1].Value).Where(name => name.Any(char.IsLower)).ShouldBeSubsetOf(names);
    }

    [Fact]
    public void Nearly_all_of_them_run_on_processes()
    {
        var shown = BehaviourTable.Read();

        var counts = new[] { "serial", "serial:strict", "auto", "threads", "processes" }
            .Select(name => (Name: name, Count: shown.Values.Count(entry => entry.Backends.Contains(name)))).ToArray();

        // ./check looks for this line.
        output.WriteLine("behaviours: " + string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Name} {count.Count} of {BehaviourTable.Count}"))));
        counts[^1].Count.ShouldBeGreaterThanOrEqualTo(42);
    }
}
