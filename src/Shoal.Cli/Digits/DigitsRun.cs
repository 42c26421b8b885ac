using System.Globalization;
using Shoal.Frames;
using Shoal.Learning;
using Data = Shoal.Frames.Digits;

namespace Shoal.Cli.Digits;

/// <summary><c>shoal digits</c>: finds the images, trains or loads the network, tests it, and predicts rows with each pool.</summary>
internal sealed class DigitsRun
{
    private const int ValidationImages = 1000;
    private const double PeakRate = 0.002;
    private const int WarmUpShare = 10;
    private const double AverageDecay = 0.998;

    private readonly DigitsSettings _settings;
    private readonly Screen _screen;
    private readonly Data _data;
    private readonly CancellationToken _cancel;

    private DigitsRun(DigitsSettings settings, Screen screen, Data data, CancellationToken cancel)
    {
        _settings = settings;
        _screen = screen;
        _data = data;
        _cancel = cancel;
    }

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(DigitsSettings settings, CancellationToken cancel)
    {
        // What can be wrong is found before the long work: the model's place first, then the data.
        if (settings.Trains)
            ModelFile.CheckWritable(settings.ModelPath);
        using var model = settings.Trains
            ? DigitsNetwork.Create(new ModelOptions { Seed = settings.Seed, Threads = settings.Threads })
            : DigitsNetwork.Load(settings.ModelPath, new ModelOptions { Threads = settings.Threads });

        var screen = new Screen(settings.Json);
        var data = await LoadDataAsync(settings, cancel);
        if (settings.Full)
            settings = settings with { Train = data.Train.Count, Steps = (data.Train.Count + settings.Batch - 1) / settings.Batch };
        var run = new DigitsRun(settings, screen, data, cancel);
        var learnt = run.Learn(model);

        // The rows are predicted by models that the pools' workers load; this one's threads would only be in their way.
        model.Dispose();
        var pools = run.Predict();
        run.Report(learnt, pools);
        return pools.All(pool => pool.Identical) ? 0 : Failure.Failed;
    }

    private static async Task<Data> LoadDataAsync(DigitsSettings settings, CancellationToken cancel)
    {
        // Of drawn digits only those are drawn that are looked at.
        var defaults = new DigitsOptions();
        var needed = settings.Full ? defaults.SyntheticTrain : Math.Min((long)settings.Train + settings.Rows, defaults.SyntheticTrain);
        var data = await Data.LoadAsync(defaults with { Folder = settings.Data, SyntheticTrain = (int)needed, Progress = new DownloadView() }, cancel);
        foreach (var notice in data.Notices)
            Screen.Note(notice);

        if (!settings.Full && settings.Train > data.Train.Count)
            throw new UsageException($"--train {settings.Train}: expected 1 to {data.Train.Count}, the training images of {data.Name}.");
        var most = data.Test.Count + (settings.Full ? 0 : data.Train.Count - settings.Train);
        if (settings.Rows > most)
            throw new UsageException($"--rows {settings.Rows}: expected 1 to {most}, the images of {data.Name} after the {settings.Train} training images, test images included.");
        return data;
    }

    private Learnt Learn(Sequential model)
    {
        _screen.Line(Invariant($"Data: {_data.Name}, {_data.Train.Count} images to train on, {_data.Test.Count} to test on{(_data.Source is { } source ? $", from {source}" : "")}"));
        _screen.Line();
        _screen.Line(model.Summary());

        var history = _settings.Trains ? Train(model) : null;
        var bytes = new FileInfo(_settings.ModelPath).Length;
        _screen.Line(Invariant($"{(_settings.Trains ? "Saved" : "Loaded")} the model: {_settings.ModelPath} ({bytes} bytes)"));

        var test = Evaluate(model);
        _screen.Line(Invariant($"Test accuracy: {test.Accuracy:0.0000} on {test.Rows} images"));
        _screen.Line();
        return new Learnt(model.ParameterCount, history, bytes, test);
    }

    private History Train(Sequential model)
    {
        var validation = Math.Min(ValidationImages, _data.Test.Count);
        var options = new FitOptions
        {
            Epochs = _settings.Epochs,
            StepsPerEpoch = _settings.Steps,
            BatchSize = _settings.Batch,
            Seed = _settings.Seed,
            Augmentation = DigitsNetwork.Augmentation,
            Validation = DatasetOf(_data.Test.Slice(0, validation)),
        };
        if (_settings.Full)
            options = Full(model, options);
        var data = DatasetOf(_data.Train.Slice(0, _settings.Train));
        var history = TrainingView.Watch(_screen, options, watched => model.Fit(data, watched, _cancel));
        model.Save(_settings.ModelPath);
        return history;
    }

    // 0.9939 and 0.9951 of the test images for seeds 1 and 2.
    private FitOptions Full(Sequential model, FitOptions options)
    {
        var steps = (long)_settings.Epochs * _settings.Steps;
        model.Compile(new Adam { Schedule = new CosineDecay(PeakRate, Math.Max(1, steps - (steps / WarmUpShare)), warmUpSteps: steps / WarmUpShare) });
        return options with { WeightAverage = WeightAverage.Exponential(AverageDecay) };
    }

    private EvaluationResult Evaluate(Sequential model) => model.Evaluate(DatasetOf(_data.Test), _cancel);

    private List<PoolResult> Predict()
    {
        var race = new RowRace(_settings.ModelPath, Rows());
        var results = new List<PoolResult>();
        foreach (var spec in _settings.Pools.Where(spec => spec != RowRace.Serial).Prepend(RowRace.Serial))
            results.Add(PredictionView.Watch(_screen, spec, progress => race.Run(spec, progress, _cancel)));

        return results;
    }

    private void Report(Learnt learnt, List<PoolResult> pools)
    {
        _screen.Line(Invariant($"Predicted {_settings.Rows} rows one by one (cold with start and load; x against the plain loop):"));
        _screen.Show(DigitsTables.Pools(pools));
        _screen.Show(DigitsTables.Confusion(learnt.Test.Confusion));
        foreach (var pool in pools)
        {
            if (pool.WorkersLost is { } lost)
                _screen.Remark(Invariant($"{pool.Pool}: {Count(lost, "worker")} lost, {Count(pool.ItemsRunAgain ?? 0, "item")} run twice"));
            if (!pool.Identical)
                _screen.Remark($"{pool.Pool}: its answers are not those of the plain loop, which is a defect of Shoal. Please report it with this machine's processor.");
        }

        if (_settings.Json)
            JsonOutput.Write(ToJson(learnt, pools));
    }

    private DigitsResult ToJson(Learnt learnt, List<PoolResult> pools) => new()
    {
        Data = new DataResult(_data.Name, _settings.Trains ? _settings.Train : null, learnt.Test.Rows, _data.Source),
        Parameters = learnt.Parameters,
        Options = Options(),
        Epochs = learnt.History?.Epochs.Select(epoch => new EpochRow(epoch.Loss, epoch.Accuracy, epoch.ValidationAccuracy, epoch.Seconds, epoch.ImagesPerSecond)).ToArray(),
        TestAccuracy = learnt.Test.Accuracy,
        Confusion = learnt.Test.Confusion,
        Model = new ModelResult(_settings.ModelPath, learnt.ModelBytes),
        Pools = pools,
    };

    private byte[][] Rows()
    {
        var fromTrain = Math.Min(_settings.Rows, _data.Train.Count - _settings.Train);
        return
        [
            .. Enumerable.Range(_settings.Train, fromTrain).Select(index => _data.Train.Image(index).ToArray()),
            .. Enumerable.Range(0, _settings.Rows - fromTrain).Select(index => _data.Test.Image(index).ToArray()),
        ];
    }

    private OptionsResult Options() => _settings.Trains
        ? new(_settings.Rows, _settings.Train, _settings.Epochs, _settings.Steps, _settings.Batch, _settings.Seed, _settings.Threads)
        : new(_settings.Rows, _settings.Train, null, null, null, null, _settings.Threads);

    private static Dataset DatasetOf(DigitImages images) => new(images.Pixels, Array.ConvertAll(images.Labels.ToArray(), label => (int)label));

    private static string Count(long count, string noun) => Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is left of training and testing once the model is gone.</summary>
    private sealed record Learnt(long Parameters, History? History, long ModelBytes, EvaluationResult Test);
}
