using System.Globalization;
using Spectre.Console;

namespace Shoal.Cli.Digits;

/// <summary>The tables of <c>shoal digits</c>.</summary>
internal static class DigitsTables
{
    /// <summary>Both speed-ups are against the plain loop's time of the same kind: cold with start and load, or warm.</summary>
    public static Table Pools(IEnumerable<PoolResult> pools)
    {
        var table = Plain("pool", "workers", "cold s", "warm s", "rows/s", "cold x", "warm x", "in workers", "identical");
        foreach (var pool in pools)
        {
            Add(table, pool.Pool, $"{pool.Workers}", Invariant($"{pool.ColdSeconds:0.000}"), Invariant($"{pool.WarmSeconds:0.000}"), Invariant($"{pool.RowsPerSecond:0}"),
                Invariant($"{pool.ColdSpeedup:0.00}"), Invariant($"{pool.Speedup:0.00}"), $"{pool.ItemsInWorkers}", pool.Identical ? "yes" : "NO");
        }

        return table;
    }

    public static Table Confusion(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var table = Plain(["digit", .. Enumerable.Range(0, confusion.Count).Select(digit => $"as {digit}")]);
        for (var digit = 0; digit < confusion.Count; digit++)
            Add(table, [$"{digit}", .. confusion[digit].Select(count => count == 0 ? "." : $"{count}")]);
        return table;
    }

    private static Table Plain(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var column = 0; column < headings.Length; column++)
            table.AddColumn(new TableColumn(new Text(headings[column])) { Alignment = column == 0 ? Justify.Left : Justify.Right, NoWrap = true, Padding = new Padding(0, 0) });
        return table;
    }

    private static void Add(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
