using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class FitTests
{
    [Fact]
    public void A_small_network_learns_three_clusters()
    {
        var (x, labels) = Toy.Clusters(300, seed: 1);
        using var model = Classifier();

        var history = model.Fit(x, labels, new() { Epochs = 10, BatchSize = 32, Seed = 3 });

        history.Epochs.Count.ShouldBe(10);
        history.Last.Loss.ShouldBeLessThan(history.Epochs[0].Loss);
        model.Evaluate(x, labels).Accuracy.ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Five_epochs_of_46_steps_are_230_steps_though_a_pass_has_47_batches()
    {
        var (x, labels) = Toy.Clusters(94, seed: 1);
        using var model = Classifier();
        var steps = new List<(int Epoch, int Step)>();

        model.Fit(x, labels, new() { Epochs = 5, StepsPerEpoch = 46, BatchSize = 2, Progress = p => steps.Add((p.Epoch, p.Step)) });

        steps.ShouldBe(Enumerable.Range(0, 230).Select(i => (i / 46 + 1, i % 46 + 1)));
        model.Optimizer.Iterations.ShouldBe(230);
    }

    [Fact]
    public void The_epochs_loss_weighs_batches_by_their_rows()
    {
        var (x, labels) = Toy.Clusters(5, seed: 1);
        using var model = Classifier(learningRate: 1e-30);
        var all = model.Evaluate(x, labels);

        var epoch = model.Fit(x, labels, new() { BatchSize = 4 }).Last;

        epoch.Loss.ShouldBe(all.Loss, 1e-6);
        epoch.Accuracy.ShouldBe(all.Accuracy, 1e-12);
    }

    [Fact]
    public void Progress_tells_running_loss_rate_and_time_left()
    {
        var (x, labels) = Toy.Clusters(60, seed: 1);
        using var model = Classifier();
        var events = new List<TrainingProgress>();
        var ends = new List<EpochResult>();

        var history = model.Fit(x, labels, new() { Epochs = 2, BatchSize = 20, Validation = new(x, labels), Progress = events.Add, EpochEnd = ends.Add });

        events.Count.ShouldBe(6);
        (events[2].Loss, events[2].Accuracy).ShouldBe((history.Epochs[0].Loss, history.Epochs[0].Accuracy));
        events.ShouldAllBe(e => e.Epochs == 2 && e.Steps == 3 && e.ImagesPerSecond > 0 && e.Elapsed > TimeSpan.Zero);
        events[4].Remaining.ShouldBeGreaterThan(TimeSpan.Zero);
        events[5].Remaining.ShouldBe(TimeSpan.Zero);
        ends.ShouldBe(history.Epochs);
        history.Last.ValidationAccuracy.ShouldBe(model.Evaluate(x, labels).Accuracy);
        history.Last.ValidationLoss.ShouldBe(model.Evaluate(x, labels).Loss);
    }

    [Fact]
    public void One_hot_targets_train_as_labels_do()
    {
        var (x, labels) = Toy.Clusters(30, seed: 1);
        var targets = new float[90];
        for (var i = 0; i < 30; i++)
            targets[i * 3 + labels[i]] = 1;
        using var one = Classifier();
        using var other = Classifier();

        one.Fit(x, labels, new() { Epochs = 2 });
        other.Fit(x, targets, new() { Epochs = 2 });

        Weights(other).ShouldBe(Weights(one));
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(1, VectorWidth.Scalar)]
    [InlineData(2, VectorWidth.Bits128)]
    [InlineData(1, VectorWidth.Bits256)]
    [InlineData(3, VectorWidth.Bits512)]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads_and_at_any_vector_width(int threads, VectorWidth? width)
    {
        var (x, labels) = Toy.Images(70, [9, 8, 2], seed: 2);

        var (oneWeights, onePredictions) = Run(1, null, seed: 5);
        var (weights, predictions) = Run(threads, width, seed: 5);

        weights.ShouldBe(oneWeights);
        predictions.ShouldBe(onePredictions);
        Run(1, null, seed: 6).Weights.ShouldNotBe(oneWeights);

        (float[] Weights, float[] Predictions) Run(int count, VectorWidth? bits, ulong seed)
        {
            using var kernels = new CpuKernels(count, bits);
            using var model = ImageClassifier(new() { Kernels = kernels });
            model.Fit(x, labels, new() { Epochs = 2, BatchSize = 33, Seed = seed, Augmentation = new() { RotationDegrees = 8, HeightShift = 0.1, Zoom = 0.1 } });
            return (Weights(model), model.Predict(x));
        }
    }

    [SkippableFact]
    public void The_digits_network_has_the_same_bits_on_1_2_and_3_threads()
    {
        var (x, labels) = Mnist.Load("train", 300);

        var runs = Enumerable.Range(1, 3).Select(threads =>
        {
            using var model = DigitsNetwork.Create(new() { Threads = threads });
            model.Fit(x, labels, new() { StepsPerEpoch = 3, BatchSize = 70, Augmentation = DigitsNetwork.Augmentation, StatisticsBatches = 2 });
            return (Weights: Weights(model), Predictions: model.Predict(x));
        }).ToArray();

        foreach (var (weights, predictions) in runs)
        {
            weights.AsSpan().SequenceEqual(runs[0].Weights).ShouldBeTrue();
            predictions.ShouldBe(runs[0].Predictions);
        }
    }

    [Fact]
    public void Cancellation_stops_between_steps_and_leaves_a_usable_model()
    {
        var (x, labels) = Toy.Clusters(90, seed: 1);
        using var model = Classifier();
        using var source = new CancellationTokenSource();
        var steps = 0;

        Should.Throw<OperationCanceledException>(() => model.Fit(
            x, labels, new() { Epochs = 1000, Progress = _ => { if (++steps == 4) source.Cancel(); } }, source.Token));

        steps.ShouldBe(4);
        model.Optimizer.Iterations.ShouldBe(4);
        model.Predict(x).ShouldAllBe(p => float.IsFinite(p));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_and_names_epoch_step_and_value()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        x[61] = float.NaN;
        using var model = Classifier();

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, labels, new() { BatchSize = 10, Shuffle = false }));

        (error.Epoch, error.Step).ShouldBe((1, 4));
        error.Message.ShouldStartWith("Fit: the loss is no finite number in epoch 1, step 4, batch 3: row 0 of its batch holds NaN as value 1.");
        model.Optimizer.Iterations.ShouldBe(3);
        Weights(model).ShouldAllBe(w => float.IsFinite(w));
    }

    [Fact]
    public void A_learning_rate_that_blows_up_is_blamed()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        using var model = Classifier(learningRate: 1e30);

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, labels, new() { Epochs = 50 }));

        error.Message.ShouldContain("a lower Optimizer.LearningRate (was 1E+30)");
    }

    [Fact]
    public void An_optimizer_goes_on_over_calls_and_begins_anew_when_compiled()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        using var model = Classifier();
        var first = model.Optimizer;

        model.Fit(x, labels, new() { StepsPerEpoch = 3 });
        model.Fit(x, labels, new() { StepsPerEpoch = 2, BatchSize = 8 });
        model.Compile();
        model.Fit(x, labels, new() { StepsPerEpoch = 4 });

        first.Iterations.ShouldBe(5);
        model.Optimizer.Iterations.ShouldBe(4);
        model.Compile(first);
        Should.Throw<InvalidOperationException>(() => model.Fit(x, labels)).Message.ShouldContain("was replaced");
    }

    [Fact]
    public void Options_are_checked_all_at_once()
    {
        using var model = Classifier();

        var error = Should.Throw<ArgumentException>(() => model.Fit(
            new float[2], new int[1], new() { Epochs = 0, BatchSize = -1, StepsPerEpoch = 0, StatisticsBatches = -2 }));

        error.Message.ShouldBe(
            "FitOptions is not valid: Epochs must be 1 or more (was 0); StepsPerEpoch must be 1 or more, or null (was 0); "
            + "BatchSize must be 1 or more (was -1); StatisticsBatches must not be negative (was -2).");
    }

    [Fact]
    public void A_source_that_fails_fails_Fit_with_its_own_error()
    {
        using var model = Classifier();

        Should.Throw<FormatException>(() => model.Fit(new FailingSource(), new() { StepsPerEpoch = 10 })).Message.ShouldBe("line 3");
        model.Optimizer.Iterations.ShouldBe(2);
    }

    [Fact]
    public async Task Cancellation_does_not_wait_for_a_source_that_hangs()
    {
        using var model = Classifier();
        using var source = new CancellationTokenSource();
        using var asked = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var fit = Task.Run(() => model.Fit(new HangingSource(asked, release), new() { StepsPerEpoch = 10 }, source.Token), CancellationToken.None);
        asked.Wait(TimeSpan.FromSeconds(30), CancellationToken.None).ShouldBeTrue();

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => fit.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        release.Set();
    }

    [Fact]
    public void A_source_of_other_shape_is_refused_before_any_work()
    {
        using var model = Classifier();

        Should.Throw<ArgumentException>(() => model.Fit(new ArrayBatches([3], new float[3], new int[1], 3))).Message.ShouldBe(
            "Fit: the batches hold samples of shape (3), expected (2), which dense (Dense(16)) takes.");
        Should.Throw<ArgumentException>(() => model.Fit(new ArrayBatches([2], new float[2], new int[1], 4))).Message.ShouldBe(
            "Fit: the targets have 4 values, expected 3, which softmax (Softmax) gives.");
        Should.Throw<ArgumentException>(() => model.Fit(new FailingSource())).Message.ShouldContain("StepsPerEpoch");
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        var (x, labels) = Toy.Images(64, [8, 8, 1], seed: 2);
        using var model = ImageClassifier(new() { Threads = 1 }, [8, 8, 1]);
        var marks = new long[40];

        model.Fit(x, labels, new() { StepsPerEpoch = marks.Length, BatchSize = 16, Progress = p => marks[p.Step - 1] = GC.GetAllocatedBytesForCurrentThread() });

        AllocatedBytes.Least(marks.AsSpan(20), steps: 5).ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_warm_step_of_a_graph_with_metrics_and_weights_allocates_nothing(int threads)
    {
        using var model = Mixed.Network(new() { Threads = threads }, new AdamW { GlobalClipNorm = 1 });
        var marks = new long[40];

        model.Fit(Mixed.Data(160), new() { StepsPerEpoch = marks.Length, BatchSize = 16, Progress = p => marks[p.Step - 1] = GC.GetAllocatedBytesForCurrentThread() });

        AllocatedBytes.Least(marks.AsSpan(20), steps: 5).ShouldBe(0);
    }

    internal static Sequential ImageClassifier(ModelOptions options, Shape? shape = null)
    {
        var model = new Sequential(
            shape ?? [9, 8, 2],
            [
                new Conv2D(5, 3), new BatchNorm(), new ReLU(), new Conv2D(6, 3, padding: Padding.Same), new BatchNorm(), new ReLU(), new MaxPool(2), new Flatten(),
                new Dense(20), new BatchNorm(), new ReLU(), new Dropout(0.2), new Dense(4), new Softmax(),
            ],
            options);
        model.Compile(new Adam(0.01));
        return model;
    }

    internal static float[] Weights(Sequential model) => [.. model.Parameters.SelectMany(p => p.ToArray())];

    private static Sequential Classifier(double learningRate = 0.01)
    {
        var model = new Sequential([2], [new Dense(16), new ReLU(), new Dense(3), new Softmax()], new() { Threads = 1 });
        model.Compile(new Adam(learningRate));
        return model;
    }

    private sealed class HangingSource(ManualResetEventSlim asked, ManualResetEventSlim release) : IBatchSource
    {
        public IReadOnlyList<Shape> InputShapes { get; } = [[2]];

        public IReadOnlyList<int> TargetLengths { get; } = [3];

        public int BatchSize => 1;

        public int? StepsPerPass => null;

        public int Fill(long step, Batch batch)
        {
            asked.Set();
            release.Wait(TimeSpan.FromMinutes(1));
            return 1;
        }
    }

    private sealed class FailingSource : IBatchSource
    {
        public IReadOnlyList<Shape> InputShapes { get; } = [[2]];

        public IReadOnlyList<int> TargetLengths { get; } = [3];

        public int BatchSize => 2;

        public int? StepsPerPass => null;

        public int Fill(long step, Batch batch)
        {
            if (step == 2)
                throw new FormatException("line 3");
            Array.Fill(batch.Inputs[0], step);
            Array.Clear(batch.Targets[0]);
            batch.Targets[0][0] = batch.Targets[0][3] = 1;
            return 2;
        }
    }
}
