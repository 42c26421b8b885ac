using Spectre.Console;

namespace Shoal.Cli;

/// <summary>Tables without frames: the first column to the left, the others, numbers, to the right.</summary>
internal static class PlainTable
{
    public static Table Create(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var column = 0; column < headings.Length; column++)
            table.AddColumn(new TableColumn(new Text(headings[column])) { Alignment = column == 0 ? Justify.Left : Justify.Right, NoWrap = true, Padding = new Padding(0, 0) });
        return table;
    }

    public static void Add(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
