using System.Globalization;

namespace Shoal.Bench.Learning;

/// <summary>What was measured, by name, one value a round. A round's values were taken within seconds of each other, so that ratios are made round by round.</summary>
internal sealed class Figures
{
    private readonly Dictionary<string, Dictionary<int, double>> _values = [];

    public int Round { get; set; }

    public void Add(string name, double? value)
    {
        if (value is not { } number)
            return;
        if (!_values.TryGetValue(name, out var rounds))
            _values.Add(name, rounds = []);
        rounds[Round] = number;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Median, lowest and highest of one figure, or null.</summary>
    public Spread? Of(string name) => _values.TryGetValue(name, out var rounds) ? Spread.Of(rounds.Values) : null;

    /// <summary>The same of one figure over another of the same round.</summary>
    public Spread? Ratio(string name, string over, double scale = 1) =>
        _values.TryGetValue(name, out var top) && _values.TryGetValue(over, out var bottom)
            ? Spread.Of(top.Where(v => bottom.ContainsKey(v.Key)).Select(v => scale * v.Value / bottom[v.Key]))
            : null;
}

/// <summary>The middle and the ends of some values.</summary>
internal readonly record struct Spread(double Median, double Lowest, double Highest)
{
    public static Spread? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    public string Text(string format) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median.ToString(format, CultureInfo.InvariantCulture)} ({Lowest.ToString(format, CultureInfo.InvariantCulture)}–{Highest.ToString(format, CultureInfo.InvariantCulture)})");
}
