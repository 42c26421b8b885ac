using System.Globalization;
using Spectre.Console;

namespace Shoal.Cli.Compare;

/// <summary>The table of <c>shoal compare</c>: narrow enough for a terminal of 80 columns; the JSON tells more.</summary>
internal static class CompareTable
{
    public static Table Create(IEnumerable<CompareRow> rows)
    {
        var table = PlainTable.Create("verb", "pool", "items", "start s", "ms", "fastest", "x loop", "efficiency", "same");
        foreach (var row in rows)
        {
            PlainTable.Add(table, row.Verb, row.Pool, $"{row.Size}", row.StartSeconds is { } start ? Invariant($"{start:0.000}") : "",
                Milliseconds(row.Seconds), Milliseconds(row.FastestSeconds),
                Invariant($"{row.Speedup:0.00}"), Invariant($"{row.Efficiency:0.00}"), row.Identical ? "yes" : "NO");
        }

        return table;
    }

    private static string Milliseconds(double seconds) => Invariant($"{seconds * 1e3:0.00}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
