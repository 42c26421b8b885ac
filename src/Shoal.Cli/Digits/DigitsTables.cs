using System.Globalization;
using Spectre.Console;

namespace Shoal.Cli.Digits;

/// <summary>The tables of <c>shoal digits</c>.</summary>
internal static class DigitsTables
{
    /// <summary>Both speed-ups are against the plain loop's time of the same kind: cold with start and load, or warm.</summary>
    public static Table Pools(IEnumerable<PoolResult> pools)
    {
        var table = PlainTable.Create("pool", "workers", "cold s", "warm s", "rows/s", "cold x", "warm x", "in workers", "identical");
        foreach (var pool in pools)
        {
            PlainTable.Add(table, pool.Pool, $"{pool.Workers}", Invariant($"{pool.ColdSeconds:0.000}"), Invariant($"{pool.WarmSeconds:0.000}"), Invariant($"{pool.RowsPerSecond:0}"),
                Invariant($"{pool.ColdSpeedup:0.00}"), Invariant($"{pool.Speedup:0.00}"), $"{pool.ItemsInWorkers}", pool.Identical ? "yes" : "NO");
        }

        return table;
    }

    public static Table Confusion(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var table = PlainTable.Create(["digit", .. Enumerable.Range(0, confusion.Count).Select(digit => $"as {digit}")]);
        for (var digit = 0; digit < confusion.Count; digit++)
            PlainTable.Add(table, [$"{digit}", .. confusion[digit].Select(count => count == 0 ? "." : $"{count}")]);
        return table;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
