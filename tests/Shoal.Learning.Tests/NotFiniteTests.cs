namespace Shoal.Learning.Tests;

/// <summary>NaN and infinity in data, loss, gradients and weights: where training stops and what it says, and how it goes on where it was told to.</summary>
public sealed class NotFiniteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_layer_that_suffers_is_named_with_its_first_index()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        x[61] = float.NaN;
        using var model = Normalised();
        var before = 0f;

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(
            x, labels, new() { BatchSize = 10, Shuffle = false, Progress = _ => before = MovingMean(model)[0] }));

        (error.Epoch, error.Step, error.Batch, error.Layer, error.Index).ShouldBe((1, 4, 3L, "dense", 0));
        error.Message.ShouldBe(
            "Fit: the loss is no finite number in epoch 1, step 4, batch 3: row 0 of its batch holds NaN as value 1. "
            + "The first layer whose output is not finite is dense (Dense(8)): row 0 holds NaN as value 0. "
            + "Remove or replace such values, or leave such batches out: FitOptions.OnNotFinite.");
        MovingMean(model)[0].ShouldBe(before, "statistics are those of the step before");
        model.Predict(x.AsSpan(0, 4)).ShouldAllBe(p => float.IsFinite(p));
    }

    [Fact]
    public void A_target_that_is_no_number_is_named()
    {
        var (x, _) = Toy.Clusters(4, seed: 1);
        using var model = Regression(new MeanSquaredError());

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, new float[] { 1, 2, float.PositiveInfinity, 4 }, new() { Shuffle = false }));

        (error.Batch, error.Layer, error.Index).ShouldBe((0L, null, null));
        error.Message.ShouldContain("row 2 of its batch holds Infinity as value 0 of the targets of output \"dense_1\". The outputs of all layers are finite");
    }

    [Fact]
    public void A_loss_that_explodes_leads_to_the_rate()
    {
        var (x, _) = Toy.Clusters(40, seed: 1);
        using var model = Regression(new MeanSquaredError(), learningRate: 1e12);

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, new float[40], new() { Epochs = 50 }));

        error.Message.ShouldContain("Optimizer.LearningRate (was 1000000000000) or Optimizer.GlobalClipNorm");
    }

    [Fact]
    public void A_loss_of_ones_own_that_gives_no_number_is_blamed()
    {
        var (x, _) = Toy.Clusters(8, seed: 1);
        using var model = Regression(new Fails(atCall: 5, gradientToo: false));

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, new float[8], new() { BatchSize = 4 }));

        (error.Step, error.Layer).ShouldBe((2, null));
        error.Message.ShouldContain("though batch and weights hold only finite values. The outputs of all layers are finite: it is the loss that is not.");
    }

    [Theory]
    [InlineData(OnNotFinite.Stop)]
    [InlineData(OnNotFinite.Skip)]
    public void Weights_that_are_no_numbers_end_the_training_either_way(OnNotFinite onNotFinite)
    {
        var (x, _) = Toy.Clusters(8, seed: 1);
        using var model = Regression(new MeanSquaredError());
        var kernel = model.Parameters[2].ToArray();
        kernel[3] = float.NaN;
        model.Parameters[2].Set(kernel);

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, new float[8], new() { OnNotFinite = onNotFinite }));

        (error.Layer, error.Index).ShouldBe(("dense_1", 0));
        error.Message.ShouldContain("the parameter dense_1/kernel holds NaN at index 3 already before it. The first layer whose output is not finite is dense_1 (Dense(1))");
    }

    [Fact]
    public void Skipped_batches_are_counted_and_leave_no_trace()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        var broken = (float[])x.Clone();
        broken[21] = float.NaN;
        broken[79] = float.NegativeInfinity;
        var steps = new List<TrainingProgress>();
        using var skipping = Normalised();
        using var without = Normalised();

        var history = skipping.Fit(broken, labels, new() { BatchSize = 10, Shuffle = false, StatisticsBatches = 2, OnNotFinite = OnNotFinite.Skip, Progress = steps.Add });
        var expected = without.Fit(
            new Chosen([2], 3, 10, [.. Rows(x, labels, 0), .. Rows(x, labels, 2), .. Rows(x, labels, 0)]), new() { StepsPerEpoch = 2, StatisticsBatches = 1 });

        FitTests.Weights(skipping).ShouldBe(FitTests.Weights(without));
        (history.Last.SkippedSteps, history.Last.Loss, history.Last.Accuracy).ShouldBe((2, expected.Last.Loss, expected.Last.Accuracy));
        steps.Select(s => s.SkippedSteps).ShouldBe([0, 1, 1, 2]);
        skipping.Optimizer.Iterations.ShouldBe(2);
    }

    [Fact]
    public void Gradients_that_are_no_numbers_are_skipped_as_well()
    {
        var (x, _) = Toy.Clusters(8, seed: 1);
        using var model = Regression(new Fails(atCall: 5, gradientToo: true));

        var history = model.Fit(x, new float[8], new() { Epochs = 2, BatchSize = 4, OnNotFinite = OnNotFinite.Skip });

        history.Epochs.Select(e => e.SkippedSteps).ShouldBe([1, 0]);
        FitTests.Weights(model).ShouldAllBe(w => float.IsFinite(w));
        model.Optimizer.Iterations.ShouldBe(3);
    }

    [Fact]
    public void Infinity_that_a_sigmoid_hides_from_the_loss_is_found_before_it_spoils_the_weights()
    {
        var (x, _) = Toy.Clusters(8, seed: 1);
        x[3] = float.PositiveInfinity;
        using var model = new Sequential([2], [new Dense(1, kernelInitializer: Initializer.Ones), new Sigmoid(), new Dense(1)], new() { Threads = 1 });
        model.Compile(new SGD(), new MeanSquaredError());

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, new float[8], new() { Shuffle = false }));

        (error.Layer, error.Index).ShouldBe(("dense", 1));
        error.Message.ShouldStartWith("Fit: the gradient of the loss is no finite number in epoch 1, step 1, batch 0: row 1 of its batch holds Infinity as value 1.");
        FitTests.Weights(model).ShouldAllBe(w => float.IsFinite(w));
    }

    [Fact]
    public void The_first_value_that_is_not_finite_is_found_at_every_place_and_length()
    {
        float[] others = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        for (var length = 0; length < 70; length++)
        {
            var values = Toy.Uniform(length, seed: 3, scale: float.MaxValue / 2);
            Finite.FirstOther(values).ShouldBeNull();
            for (var at = length - 1; at >= 0; at--)
            {
                values[at] = others[at % 3];
                Finite.FirstOther(values).ShouldBe(at);
            }
        }
    }

    [Fact]
    public void Counts_of_skipped_steps_travel_through_a_checkpoint()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        x[3] = float.NaN;
        var options = new FitOptions { BatchSize = 10, OnNotFinite = OnNotFinite.Skip, Checkpoint = Path.Combine(_folder, "c.safetensors") };
        using var whole = Normalised();
        using var first = Normalised();
        using var second = Normalised();

        var expected = whole.Fit(x, labels, options with { Epochs = 3, Checkpoint = null });
        first.Fit(x, labels, options with { Epochs = 1 });
        var found = second.Fit(x, labels, options with { Epochs = 3, Resume = true });

        found.Epochs.Select(e => (e.SkippedSteps, e.Loss)).ShouldBe(expected.Epochs.Select(e => (1, e.Loss)));
        FitTests.Weights(second).ShouldBe(FitTests.Weights(whole));
    }

    [Fact]
    public void A_batch_for_the_statistics_is_looked_at_too()
    {
        var (x, labels) = Toy.Clusters(40, seed: 1);
        x[42] = float.NaN;
        using var model = Normalised();

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(
            x, labels, new() { BatchSize = 10, Shuffle = false, StepsPerEpoch = 2, StatisticsBatches = 2 }));

        error.Batch.ShouldBe(2);
        error.Message.ShouldContain("batch 2 cannot be taken into the statistics of batch normalisation after epoch 1: row 1 of its batch holds NaN as value 0");
        MovingMean(model).ShouldAllBe(m => float.IsFinite(m));
    }

    private static IEnumerable<(float[] X, int[] Labels)> Rows(float[] x, int[] labels, int batch) =>
        [(x[(batch * 20)..((batch + 1) * 20)], labels[(batch * 10)..((batch + 1) * 10)])];

    private static float[] MovingMean(Model model) => model.Parameters.Single(p => p.Name.EndsWith("/moving_mean", StringComparison.Ordinal)).ToArray();

    private static Sequential Normalised() =>
        new([2], [new Dense(8), new BatchNorm(), new ReLU(), new Dense(3), new Softmax()], new() { Threads = 1 });

    private static Sequential Regression(Loss loss, double learningRate = 0.01)
    {
        var model = new Sequential([2], [new Dense(4), new ReLU(), new Dense(1)], new() { Threads = 1 });
        model.Compile(new SGD(learningRate), loss);
        return model;
    }

    /// <summary>Squares, but NaN at one call: as loss, or in its gradient only.</summary>
    private sealed class Fails(int atCall, bool gradientToo) : RowLoss
    {
        private int _calls;

        protected override double Row(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
        {
            var error = prediction[0] - target[0];
            var fails = ++_calls == atCall;
            gradient[0] = fails ? float.NaN : 2 * error;
            return fails && !gradientToo ? double.NaN : error * error;
        }
    }

    /// <summary>The batches of a list, one after the other.</summary>
    private sealed class Chosen(Shape input, int classes, int size, IReadOnlyList<(float[] X, int[] Labels)> batches) : IBatchSource
    {
        public IReadOnlyList<Shape> InputShapes { get; } = [input];

        public IReadOnlyList<int> TargetLengths { get; } = [classes];

        public int BatchSize => size;

        public int? StepsPerPass => batches.Count;

        public int Fill(long step, Batch batch)
        {
            var (x, labels) = batches[(int)(step % batches.Count)];
            x.CopyTo(batch.Inputs[0], 0);
            batch.Targets[0].AsSpan().Clear();
            for (var row = 0; row < labels.Length; row++)
                batch.Targets[0][(row * classes) + labels[row]] = 1;
            return labels.Length;
        }
    }
}
