using System.CommandLine.Parsing;
using System.Globalization;
using Shoal.Backends;

namespace Shoal.Cli;

/// <summary>The pools that a command line may name, checked against the registered back ends before any work begins.</summary>
internal static class PoolSpecs
{
    private const string CountPlaceholder = "N";

    /// <summary>The valid values, for help and errors.</summary>
    public static string Valid => $"{string.Join(", ", BackendRegistry.Forms)} (N: workers, 1 or more)";

    /// <summary>Takes one spec for each time that the option is there.</summary>
    public static string[]? Parse(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(token => !BackendRegistry.Forms.Any(form => Fits(token.Value, form))))
            result.AddError($"--pool {token.Value}: expected one of {Valid}");

        return [.. result.Tokens.Select(token => token.Value)];
    }

    /// <summary>Whether a spec has a form such as <c>serial:strict</c>, or <c>threads:N</c>, whose last part stands for a value.</summary>
    private static bool Fits(string spec, string form)
    {
        var colon = form.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !char.IsAsciiLetterUpper(form[colon + 1]))
            return spec == form;
        if (!spec.StartsWith(form[..(colon + 1)], StringComparison.Ordinal))
            return false;

        var value = spec[(colon + 1)..];
        return form[(colon + 1)..] != CountPlaceholder
            ? value.Length > 0
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers >= 1;
    }
}
