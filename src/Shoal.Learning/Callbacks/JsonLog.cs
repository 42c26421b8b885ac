using System.Text.Json;

namespace Shoal.Learning;

/// <summary>Writes the numbers of each epoch as a line of JSON: <c>{"epoch":1,"accuracy":0.97,"loss":0.1}</c>, the epoch first, the others by name.</summary>
/// <remarks>Epochs count from 1. What is no finite number is null. Each line is written at once and whole.</remarks>
/// <param name="path">The file; its folder is created.</param>
/// <param name="append">Whether lines are added to a file that is there, for a training that goes on. <value>false</value></param>
public sealed class JsonLog(string path, bool append = false) : Callback
{
    private readonly LogFile _file = new(path, nameof(JsonLog));

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => _file.Begin(append);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", training.Epoch);
            foreach (var (name, value) in training.Logs.OrderBy(log => log.Key, StringComparer.Ordinal))
            {
                if (double.IsFinite(value))
                    json.WriteNumber(name, value);
                else
                    json.WriteNull(name);
            }

            json.WriteEndObject();
        }

        _file.Add(line.ToArray());
    }
}
