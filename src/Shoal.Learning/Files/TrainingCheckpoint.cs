using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shoal.Learning;

/// <summary>
/// Everything that a training needs to go on with the same bits: parameters, state of layers and optimizer, the number of the next batch, and the
/// epochs so far. One safetensors file, written whole or not at all.
/// </summary>
internal sealed class TrainingCheckpoint(string path, Model model, TrainingPlan plan, FitOptions options, IBatchSource source, AveragedWeights? average)
{
    private const string Format = "shoal-checkpoint";
    private const string WeightPrefix = "model/";
    private const string SlotPrefix = "optimizer/";
    private const string AveragePrefix = "average/";
    private const string ProgressKey = "training";
    private const string OptimizerKey = "optimizer";

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>A copy of the model, to be written once the rest of the epoch is known.</summary>
    /// <param name="step">The number of the next batch.</param>
    public ModelState Capture(long step) => new(step, [.. model.FileTensors(WeightPrefix), .. Tensors(AveragePrefix, average?.Capture())], model.FileMetadata(Format), average?.Count ?? 0);

    /// <summary>Writes the state after an epoch.</summary>
    /// <param name="state">The model after the last step.</param>
    /// <param name="epochs">The epochs so far.</param>
    public void Write(ModelState state, IReadOnlyList<EpochResult> epochs)
    {
        var optimizer = plan.CaptureOptimizer();
        var callbacks = options.Callbacks.Select(c => new CallbackState(c.GetType().Name, c.Capture())).ToArray();
        var metadata = new Dictionary<string, string>(state.Metadata)
        {
            [ProgressKey] = JsonSerializer.Serialize(new Progress(state.Step, epochs, Conditions(), state.Averaged, callbacks), Json),
            [OptimizerKey] = JsonSerializer.Serialize(optimizer with { Slots = new Dictionary<string, float[]>() }, Json),
        };
        SafeTensors.Write(path, [.. state.Tensors, .. Tensors(SlotPrefix, optimizer.Slots)], metadata);
    }

    private static IEnumerable<SavedTensor> Tensors(string prefix, IReadOnlyDictionary<string, float[]>? arrays) =>
        arrays?.Select(a => SavedTensor.FromSingles(prefix + a.Key, [a.Value.Length], a.Value)) ?? [];

    private static Dictionary<string, float[]> Arrays(SafeTensorsFile file, string prefix) =>
        Under(file, prefix).ToDictionary(a => a.Key, a => a.Value.ToSingles());

    /// <summary>Puts model and optimizer where they were when the file was written.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or of another training; nothing has changed then.</exception>
    public Progress Read()
    {
        var file = SafeTensors.Read(path);
        if (!file.Metadata.TryGetValue("format", out var format) || format != Format)
            throw new ModelFileException(path, "is no checkpoint of a training. Name the file that FitOptions.Checkpoint wrote, or leave FitOptions.Resume out.");
        var progress = Parse<Progress>(file, ProgressKey);
        var optimizer = Parse<OptimizerState>(file, OptimizerKey);
        CheckConditions(progress);
        var weights = file with { Tensors = Under(file, WeightPrefix) };
        model.CheckFile(weights);
        try
        {
            var averages = Arrays(file, AveragePrefix);
            plan.RestoreOptimizer(optimizer with { Slots = Arrays(file, SlotPrefix) });
            average?.Restore(progress.Averaged, averages);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ModelFileException(path, ModelFileException.Quote(e.Message, 300), inner: e);
        }

        model.TakeFrom(weights);
        return progress;
    }

    // What decides the bits beside model and optimizer: a training that goes on must have the same.
    private Dictionary<string, string> Conditions() => new()
    {
        [nameof(options.Seed)] = $"{options.Seed}",
        [nameof(options.StepsPerEpoch)] = $"{options.StepsPerEpoch ?? source.StepsPerPass}",
        [nameof(source.BatchSize)] = $"{source.BatchSize}",
        [nameof(options.Shuffle)] = $"{options.Shuffle}",
        [nameof(options.Callbacks)] = string.Join(", ", options.Callbacks.Select(c => c.GetType().Name)),
        [nameof(options.Augmentation)] = $"{options.Augmentation}",
        [nameof(options.WeightAverage)] = options.WeightAverage is { } w ? FormattableString.Invariant($"{w.Decay}/{w.StartStep}/{w.EverySteps}") : "",
    };

    private void CheckConditions(Progress progress)
    {
        string[] differences =
        [
            .. Conditions()
                .Select(c => (c.Key, Here: c.Value, There: progress.Conditions.GetValueOrDefault(c.Key, "not known")))
                .Where(c => c.Here != c.There)
                .Select(c => $"{c.Key} was {ModelFileException.Quote(c.There)}, is {c.Here}"),
        ];
        if (differences.Length > 0)
        {
            throw new ModelFileException(
                path, $"was written by another training: {string.Join("; ", differences)}. Resume with the same options, or leave FitOptions.Resume out.");
        }

        if (progress.Step < 0 || progress.Averaged < 0 || progress.Epochs.Any(e => e is null) || progress.Callbacks.Any(c => c?.Kind is null || c.Numbers is null))
            throw new ModelFileException(path, $"its text \"{ProgressKey}\" is not valid. Train again without FitOptions.Resume.");
    }

    private T Parse<T>(SafeTensorsFile file, string key)
        where T : class
    {
        Exception? cause = null;
        try
        {
            // A constructor parameter that the text leaves out stays null, whatever its type says.
            if (file.Metadata.TryGetValue(key, out var text) && JsonSerializer.Deserialize<T>(text, Json) is { } value
                && typeof(T).GetProperties().All(p => p.GetValue(value) is not null))
            {
                return value;
            }
        }
        catch (JsonException e)
        {
            cause = e;
        }

        throw new ModelFileException(path, $"its text \"{key}\" is not valid. Train again without FitOptions.Resume.", inner: cause);
    }

    private static Dictionary<string, SavedTensor> Under(SafeTensorsFile file, string prefix) => file.Tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);

    /// <summary>Where a training stood.</summary>
    /// <param name="Step">The number of the next batch.</param>
    /// <param name="Epochs">The epochs so far.</param>
    /// <param name="Conditions">What decides the bits, by name.</param>
    /// <param name="Averaged">How many states the average of the weights holds.</param>
    /// <param name="Callbacks">What the callbacks remember, in their order.</param>
    internal sealed record Progress(
        long Step, IReadOnlyList<EpochResult> Epochs, IReadOnlyDictionary<string, string> Conditions, long Averaged, IReadOnlyList<CallbackState> Callbacks);

    /// <summary>What one callback remembers.</summary>
    internal sealed record CallbackState(string Kind, IReadOnlyDictionary<string, double> Numbers);

    /// <summary>A model between two steps.</summary>
    internal sealed record ModelState(long Step, IReadOnlyList<SavedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata, long Averaged);
}
