using Spectre.Console;

namespace Shoal.Cli;

/// <summary>Where a command writes: text for people or one JSON document on stdout, notes on stderr, moving pictures only on a terminal.</summary>
internal sealed class Screen
{
    private const int WidthOfFile = 110;
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

    private IAnsiConsole Tables { get; }

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
            Tables.Write(table);
    }

    /// <summary>A line that matters to whoever runs the command, JSON or not.</summary>
    public static void Note(string text) => Console.Error.WriteLine(text);
}
