namespace Shoal.Learning.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    private string Checkpoint => Path.Combine(_folder, "training.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_training_that_was_cut_goes_on_with_the_bits_of_the_whole_one()
    {
        var options = new FitOptions { Epochs = 5, BatchSize = 12, Seed = 3, Augmentation = new() { RotationDegrees = 10 }, Validation = Data(4) };
        using var whole = Network();
        var expected = Fit(whole, options);

        using (var first = Network())
        {
            var cut = options with { Checkpoint = Checkpoint };
            using var stop = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() => first.Fit(Data(1), cut with { Progress = p => Stop(p, stop) }, stop.Token));
        }

        using var second = Network();
        var history = Fit(second, options with { Checkpoint = Checkpoint, Resume = true });

        FitTests.Weights(second).ShouldBe(FitTests.Weights(whole));
        history.Epochs.Select(e => (e.Epoch, e.Loss, e.Accuracy, e.ValidationLoss))
            .ShouldBe(expected.Epochs.Select(e => (e.Epoch, e.Loss, e.Accuracy, e.ValidationLoss)));
    }

    [Fact]
    public void A_finished_training_goes_on_to_more_epochs()
    {
        var options = new FitOptions { BatchSize = 12, Checkpoint = Checkpoint };
        using var whole = Network();
        Fit(whole, options with { Epochs = 4, Checkpoint = null });

        using (var first = Network())
            Fit(first, options with { Epochs = 2 });
        using var second = Network();
        Fit(second, options with { Epochs = 4, Resume = true });
        using var again = Network();
        Fit(again, options with { Epochs = 4, Resume = true });

        FitTests.Weights(second).ShouldBe(FitTests.Weights(whole));
        FitTests.Weights(again).ShouldBe(FitTests.Weights(whole));
    }

    [Fact]
    public void Callbacks_go_on_with_what_they_remember()
    {
        // A rate that falls after every second epoch without improvement: what was counted before the cut counts.
        FitOptions Options() => new() { Epochs = 6, BatchSize = 12, Checkpoint = null, Callbacks = [new ReduceOnPlateau("accuracy", mode: MonitorMode.Min, patience: 3, factor: 0.5)] };
        using var whole = Network();
        Fit(whole, Options());

        using (var first = Network())
            Fit(first, Options() with { Epochs = 2, Checkpoint = Checkpoint });
        using var second = Network();
        Fit(second, Options() with { Checkpoint = Checkpoint, Resume = true });

        using var fresh = Network();
        whole.Optimizer.LearningRate.ShouldBeLessThan(fresh.Optimizer.LearningRate);
        second.Optimizer.LearningRate.ShouldBe(whole.Optimizer.LearningRate);
        FitTests.Weights(second).ShouldBe(FitTests.Weights(whole));
    }

    [Fact]
    public void Without_a_file_training_begins_anew()
    {
        using var plain = Network();
        using var resumed = Network();

        Fit(plain, new() { BatchSize = 12 });
        Fit(resumed, new() { BatchSize = 12, Checkpoint = Checkpoint, Resume = true });

        FitTests.Weights(resumed).ShouldBe(FitTests.Weights(plain));
        File.Exists(Checkpoint).ShouldBeTrue();
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused_and_changes_nothing()
    {
        using var model = Network();
        Fit(model, new() { BatchSize = 12, Seed = 1, Checkpoint = Checkpoint });
        using var other = Network();
        var before = FitTests.Weights(other);

        Should.Throw<ModelFileException>(() => Fit(other, new() { BatchSize = 10, Seed = 2, Checkpoint = Checkpoint, Resume = true })).Message.ShouldContain(
            "was written by another training: Seed was 1, is 2; StepsPerEpoch was 5, is 6; BatchSize was 12, is 10. Resume with the same options");
        other.Compile(new SGD(0.1));
        Should.Throw<ModelFileException>(() => Fit(other, new() { BatchSize = 12, Seed = 1, Checkpoint = Checkpoint, Resume = true })).Message.ShouldContain("it is of Adam");

        FitTests.Weights(other).ShouldBe(before);
        Should.Throw<ArgumentException>(() => Fit(other, new() { Resume = true })).Message.ShouldContain("Resume needs the file that Checkpoint names");
    }

    [Theory]
    [InlineData("training", "{}")]
    [InlineData("training", "null")]
    [InlineData("training", "{\"Step\":-1,\"Epochs\":[null],\"Conditions\":{},\"Averaged\":0,\"Callbacks\":[null]}")]
    [InlineData("optimizer", "[")]
    [InlineData("optimizer", "{\"Kind\":\"Adam\"}")]
    [InlineData("format", "shoal")]
    public void A_damaged_checkpoint_is_one_line_and_changes_nothing(string key, string value)
    {
        using var model = Network();
        var options = new FitOptions { BatchSize = 12, Checkpoint = Checkpoint };
        Fit(model, options);
        var file = SafeTensors.Read(Checkpoint);
        SafeTensors.Write(Checkpoint, file.Tensors.Values, new Dictionary<string, string>(file.Metadata) { [key] = value });
        using var other = Network();
        var before = FitTests.Weights(other);

        var error = Should.Throw<ModelFileException>(() => Fit(other, options with { Resume = true }));

        error.Message.ShouldNotContain("\n");
        error.Message.ShouldContain(Checkpoint);
        FitTests.Weights(other).ShouldBe(before);
    }

    private static void Stop(TrainingProgress progress, CancellationTokenSource stop)
    {
        if (progress is { Epoch: 3, Step: 2 })
            stop.Cancel();
    }

    private static History Fit(Model model, FitOptions options) => model.Fit(Data(1), options);

    private static Dataset Data(ulong seed)
    {
        var (x, labels) = Toy.Images(60, [9, 8, 2], seed);
        return new(x, labels);
    }

    private static Sequential Network() => FitTests.ImageClassifier(new() { Threads = 1, Seed = 7 });
}
