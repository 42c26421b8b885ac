using Spectre.Console;

namespace Shoal.Cli;

/// <summary>Where a command writes: text for people or one JSON document on stdout, notes on stderr, moving pictures only on a terminal.</summary>
internal sealed class Screen
{
    private const int WidthOfFile = 110;
    private const int RoomyWidth = 110;
    private readonly bool _json;

    public Screen(bool json)
    {
        _json = json;
        Tables = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            Tables.Profile.Width = WidthOfFile;
        if (json && !Console.IsErrorRedirected)
            Live = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        else if (!json && !Console.IsOutputRedirected)
            Live = Tables;
    }

    /// <summary>A terminal that can show progress, or null.</summary>
    public IAnsiConsole? Live { get; }

    /// <summary>A bar of progress that leaves room for the text beside it.</summary>
    public ProgressBarColumn Bar => new() { Width = Roomy ? 40 : 12 };

    private IAnsiConsole Tables { get; }

    private bool Roomy => Tables.Profile.Width >= RoomyWidth;

    /// <summary>A line for people; nothing where stdout belongs to JSON.</summary>
    public void Line(string text = "")
    {
        if (!_json)
            Console.Out.WriteLine(text);
    }

    /// <summary>A table for people; nothing where stdout belongs to JSON.</summary>
    public void Show(Table table)
    {
        if (!_json)
            Tables.Write(Roomy ? Padded(table) : table);
    }

    /// <summary>A line of the outcome that nobody should miss: among the text, or on stderr where stdout belongs to JSON.</summary>
    public void Remark(string text) => (_json ? Console.Error : Console.Out).WriteLine(text);

    /// <summary>A line about how the command runs, which is not its outcome.</summary>
    public static void Note(string text) => Console.Error.WriteLine(text);

    private static Table Padded(Table table)
    {
        foreach (var column in table.Columns)
            column.Padding = new Padding(1, 1);
        return table;
    }
}
