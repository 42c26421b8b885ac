using System.CommandLine.Parsing;
using System.Globalization;

namespace Shoal.Cli;

/// <summary>The pools that a command line may name, checked before any work begins.</summary>
internal static class PoolSpecs
{
    /// <summary>The valid values, for help and errors.</summary>
    public const string Valid = "serial, serial:strict, auto, threads[:n], processes[:n], with n 1 or more";

    /// <summary>Takes one spec for each time that the option is there.</summary>
    public static string[]? Parse(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!IsValid(token.Value))
                result.AddError($"--pool {token.Value}: expected one of {Valid}");
        }

        return [.. result.Tokens.Select(token => token.Value)];
    }

    private static bool IsValid(string spec)
    {
        if (spec is "serial" or "serial:strict" or "auto" or "threads" or "processes")
            return true;

        var parts = spec.Split(':');
        return parts is ["threads" or "processes", var count]
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var workers)
            && workers >= 1;
    }
}
