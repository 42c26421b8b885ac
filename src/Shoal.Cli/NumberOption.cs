using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Shoal.Cli;

/// <summary>Options that take a whole number with a least value, and say so where they get another.</summary>
internal static class NumberOption
{
    public static Option<T> Create<T>(string name, T byDefault, T least, string description)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = "n",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result => Parse(name, result, least) ?? default,
        };

    /// <summary>A number that is not there unless it is given.</summary>
    public static Option<int?> CreateOptional(string name, int least, string description) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result => Parse(name, result, least),
    };

    private static T? Parse<T>(string name, ArgumentResult result, T least)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least)
            return value;

        result.AddError($"{name} {text}: expected a whole number from {least} to {T.MaxValue}");
        return null;
    }
}
