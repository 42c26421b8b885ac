using System.Globalization;

namespace Shoal.Learning;

/// <summary>Writes the numbers of each epoch as a row of a CSV file: <c>epoch</c>, then the others by name; as Keras' CSVLogger.</summary>
/// <remarks>
/// Epochs count from 1, as everywhere here (in Keras from 0). The columns are those of the first epoch; a number that an epoch does not have is NA, one that
/// turns up later is left out. Numbers are written so that they read back as the same double, with a point. Each row is written at once and whole.
/// </remarks>
/// <param name="path">The file; its folder is created.</param>
/// <param name="append">Whether rows are added to a file that is there, for a training that goes on. <value>false</value></param>
public sealed class CsvLog(string path, bool append = false) : Callback
{
    private readonly LogFile _file = new(path, nameof(CsvLog));
    private string[]? _columns;
    private string? _header;

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => (_columns, _header) = (null, _file.Begin(append));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The file that is to be appended to has other columns.</exception>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _columns ??= BeginColumns(training);
        var values = _columns.Select(name => training.Logs.TryGetValue(name, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : "NA");
        _file.Add(string.Join(',', values.Prepend(training.Epoch.ToString(CultureInfo.InvariantCulture))));
    }

    private string[] BeginColumns(TrainingContext training)
    {
        string[] columns = [.. training.Logs.Keys.Order(StringComparer.Ordinal)];
        var header = string.Join(',', columns.Prepend("epoch").Select(Quoted));
        if (_header is null)
            _file.Add(header);
        else if (_header != header)
            throw new InvalidOperationException($"CsvLog: {_file.FullPath} has the columns {_header}, this training gives {header}. Choose another file, or do not append.");
        return columns;
    }

    private static string Quoted(string name) =>
        name.AsSpan().IndexOfAny("\",\r\n") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
