using System.Globalization;
using System.Text;

namespace Shoal.Learning;

public partial class Model
{
    private static readonly int[] SummaryWidths = [38, 29, 17];

    /// <summary>The table of layers, shapes and parameter counts as Keras prints it, 88 columns wide, lines ended by a line feed.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        Rule(text, '┏', '━', '┳', '┓');
        Row(text, '┃', "Layer (type)", "Output Shape", "Param #");
        Rule(text, '┡', '━', '╇', '┩');
        for (var i = 0; i < _layers.Length; i++)
        {
            if (i > 0)
                Rule(text, '├', '─', '┼', '┤');
            var layer = _layers[i];
            var count = layer.Parameters.Sum(p => (long)p.Shape.Size);
            Row(text, '│', $"{layer.Name} ({layer.Kind})", layer.OutputShape.WithBatch(), Number(count));
        }

        Rule(text, '└', '─', '┴', '┘');
        var trainable = Parameters.Where(p => p.Trainable).Sum(p => (long)p.Shape.Size);
        Total(text, "Total params", ParameterCount);
        Total(text, "Trainable params", trainable);
        Total(text, "Non-trainable params", ParameterCount - trainable);
        return text.ToString();
    }

    private static void Rule(StringBuilder text, char left, char line, char middle, char right)
    {
        for (var i = 0; i < SummaryWidths.Length; i++)
            text.Append(i == 0 ? left : middle).Append(line, SummaryWidths[i]);
        text.Append(right).Append('\n');
    }

    private static void Row(StringBuilder text, char edge, string name, string shape, string count)
    {
        text.Append(edge).Append(' ').Append(Fit(name, 0)).Append(' ').Append(edge).Append(' ').Append(Fit(shape, 1)).Append(' ');
        text.Append(edge).Append(' ').Append(count.PadLeft(SummaryWidths[2] - 2)).Append(' ').Append(edge).Append('\n');
    }

    private static string Fit(string value, int column)
    {
        var width = SummaryWidths[column] - 2;
        return value.Length > width ? string.Concat(value.AsSpan(0, width - 1), "…") : value.PadRight(width);
    }

    private static void Total(StringBuilder text, string what, long count)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var size = (double)(count * sizeof(float));
        var unit = 0;
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        text.Append(CultureInfo.InvariantCulture, $" {what}: {Number(count)} ({size:0.00} {units[unit]})\n");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
