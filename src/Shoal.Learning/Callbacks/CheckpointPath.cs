using System.Globalization;
using System.Text.RegularExpressions;

namespace Shoal.Learning;

/// <summary>A path with the epoch and numbers of the logs in it: <c>{epoch:00}</c>, <c>{val_loss:0.00}</c>.</summary>
internal sealed partial class CheckpointPath
{
    private readonly string _template;
    private readonly string _owner;

    public CheckpointPath(string template, string owner)
    {
        if (string.IsNullOrWhiteSpace(template))
            throw new ArgumentException($"{owner}: give the file a name, as in models/{{epoch:00}}.safetensors.");
        (_template, _owner) = (template, owner);
        if (Place().Replace(template, "").AsSpan().IndexOfAny('{', '}') >= 0)
            throw new ArgumentException($"{owner}: the path \"{template}\" has a brace without its partner or a name in it, as in {{epoch:00}} or {{val_loss:0.00}}.");
        foreach (Match place in Place().Matches(template))
            Format(place, 1);
    }

    /// <exception cref="InvalidOperationException">The path names a number that the epoch does not have.</exception>
    public string For(TrainingContext training) => Place().Replace(_template, place =>
    {
        var name = place.Groups["name"].Value;
        if (name == "epoch")
            return Format(place, training.Epoch);
        return training.Logs.TryGetValue(name, out var value)
            ? Format(place, value)
            : throw new InvalidOperationException(
                $"{_owner}: the path \"{_template}\" names \"{name}\", which epoch {training.Epoch} does not have; it has epoch, "
                + $"{string.Join(", ", training.Logs.Keys.Order(StringComparer.Ordinal))}.");
    });

    private string Format(Match place, double value)
    {
        try
        {
            return value.ToString(place.Groups["format"].Value, CultureInfo.InvariantCulture);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{_owner}: the path \"{_template}\" has the format {place.Value}, which is none for numbers; write {{epoch:00}} or {{val_loss:0.00}}.", e);
        }
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:(?<format>[^{}/\\]*))?\}")]
    private static partial Regex Place();
}
