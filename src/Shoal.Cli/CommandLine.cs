using System.CommandLine;
using System.CommandLine.Invocation;

namespace Shoal.Cli;

/// <summary>Runs a command and turns what it throws into one line on stderr and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>The option that every command takes.</summary>
    public const string VerboseOption = "--verbose";

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        var name = parsed.CommandResult.Command == root ? "shoal" : $"shoal {parsed.CommandResult.Command.Name}";
        var verbose = args.Contains(VerboseOption);
        if (parsed.Action is ParseErrorAction)
        {
            // An unknown option makes its value an unknown argument, an unknown command makes the command missing: what was not understood is the cause.
            var cause = parsed.UnmatchedTokens is [var unknown, ..] && name == "shoal"
                ? $"{unknown}: expected one of {string.Join(", ", root.Subcommands.Select(command => command.Name))}"
                : parsed.Errors[0].Message.TrimEnd('.');
            return Failure.Report(name, new UsageException($"{cause}. {name} --help lists what there is."), verbose);
        }

        using var interrupt = new Interrupt();
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, interrupt.Token);
        }
#pragma warning disable CA1031 // The last place that can turn an error into a line and an exit code.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failure.Report(name, error, verbose);
        }
    }
}
