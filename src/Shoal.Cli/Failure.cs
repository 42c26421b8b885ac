namespace Shoal.Cli;

/// <summary>Exit codes, and the line that goes with them.</summary>
internal static class Failure
{
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Interrupted = 130;

    /// <summary>Writes one line to stderr, with the stack after it where that is asked for.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(string command, Exception error, bool verbose)
    {
        var (code, line) = error switch
        {
            OperationCanceledException => (Interrupted, "interrupted."),
            UsageException => (Usage, error.Message),
            ShoalException => (Failed, error.Message),
            _ => (Failed, $"{error.Message} ({error.GetType().Name}; {CommandLine.VerboseOption} shows where)"),
        };
        Console.Error.WriteLine($"{command}: {line.ReplaceLineEndings(" ")}");
        if (verbose && code == Failed)
            Console.Error.WriteLine(error);
        return code;
    }
}
