namespace Shoal.Learning.Tests;

/// <summary>What a training does beside its steps: callbacks, average of weights, prices on sizes, weights of classes.</summary>
public sealed class TrainingExtrasTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Early_stopping_ends_a_training_and_puts_the_best_weights_back()
    {
        // Where the clusters are named the other way round, whatever is learnt makes it worse.
        var (x, labels) = Toy.Clusters(90, seed: 2);
        var validation = new Dataset(x, labels.Select(l => (l + 1) % 3).ToArray());
        using var model = Classifier(new SGD(0.1));
        var best = new List<(int Epoch, float[] Weights)>();
        var stopping = new EarlyStopping(patience: 3, restoreBest: true);
        var options = new FitOptions
        {
            Epochs = 50,
            Validation = validation,
            StatisticsBatches = 0,
            Callbacks = [stopping, new Watch(context => best.Add((context.Epoch, FitTests.Weights(model))))],
        };

        var history = model.Fit(Clusters(1), options);

        history.Epochs.Count.ShouldBeLessThan(50);
        history.StopReason!.ShouldContain("EarlyStopping: val_loss has not improved for 3 epochs");
        FitTests.Weights(model).ShouldBe(best.Single(b => b.Epoch == stopping.BestEpoch).Weights);
        history.Epochs[stopping.BestEpoch - 1].ValidationLoss.ShouldBe(history.Epochs.Min(e => e.ValidationLoss));
    }

    [Fact]
    public void Callbacks_see_every_step_and_what_they_log_is_in_the_history()
    {
        using var model = Classifier(new Adam(0.01));
        var log = Path.Combine(_folder, "log.csv");
        var seen = new List<string>();
        var watch = new Watch(
            context =>
            {
                seen.Add($"epoch {context.Epoch}");
                context.Log("answer", 42);
            },
            context => seen.Add($"step {context.Step}"));

        var history = model.Fit(Clusters(1), new() { Epochs = 2, BatchSize = 30, Validation = Clusters(2), Callbacks = [new LearningRateLog(), watch, new CsvLog(log)] });

        seen.ShouldBe(["step 1", "step 2", "step 3", "epoch 1", "step 1", "step 2", "step 3", "epoch 2"]);
        history.Last.Metrics.Keys.ShouldBe(["accuracy", "answer", "learning_rate"], ignoreOrder: true);
        history.Last.Metrics["learning_rate"].ShouldBe(0.01);
        var lines = File.ReadAllLines(log);
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe("epoch,accuracy,answer,learning_rate,loss,val_accuracy,val_loss");
    }

    [Fact]
    public void A_callback_may_end_an_epoch_in_its_middle()
    {
        using var model = Classifier(new Adam(0.01));

        var history = model.Fit(Clusters(1), new() { Epochs = 9, BatchSize = 10, Callbacks = [new Watch(_ => { }, context => Stop(context))] });

        history.Epochs.Count.ShouldBe(1);
        history.StopReason.ShouldBe("enough");
        model.Optimizer.Iterations.ShouldBe(4);
    }

    [Fact]
    public void An_average_of_the_weights_is_that_of_the_steps_and_survives_a_cut()
    {
        var path = Path.Combine(_folder, "average.safetensors");
        var sums = new List<float[]>();
        var options = new FitOptions { Epochs = 4, BatchSize = 30, StatisticsBatches = 0, WeightAverage = WeightAverage.Mean(startStep: 3) };
        using var whole = Classifier(new SGD(0.1));
        whole.Fit(Clusters(1), options with { Callbacks = [new Watch(_ => { }, context => sums.Add(FitTests.Weights(whole)))] });

        using (var first = Classifier(new SGD(0.1)))
            first.Fit(Clusters(1), options with { Epochs = 2, Checkpoint = path });
        using var second = Classifier(new SGD(0.1));
        second.Fit(Clusters(1), options with { Checkpoint = path, Resume = true });

        var averaged = FitTests.Weights(whole);
        FitTests.Weights(second).ShouldBe(averaged);
        for (var i = 0; i < averaged.Length; i++)
            ((double)averaged[i]).ShouldBe(sums.Skip(3).Average(w => (double)w[i]), 1e-5);
    }

    [Fact]
    public void A_schedule_goes_on_where_a_training_was_cut()
    {
        var path = Path.Combine(_folder, "schedule.safetensors");
        Adam Optimizer() => new() { Schedule = new CosineDecay(0.02, 12) };
        var options = new FitOptions { Epochs = 4, BatchSize = 30 };
        using var whole = Classifier(Optimizer());
        whole.Fit(Clusters(1), options);

        using (var first = Classifier(Optimizer()))
            first.Fit(Clusters(1), options with { Epochs = 1, Checkpoint = path });
        using var second = Classifier(Optimizer());
        second.Fit(Clusters(1), options with { Checkpoint = path, Resume = true });

        FitTests.Weights(second).ShouldBe(FitTests.Weights(whole));
    }

    [Fact]
    public void Prices_on_sizes_stand_in_loss_and_gradient()
    {
        using var model = new Sequential(
            [6], [new Dense(5, kernelRegularizer: new(l1: 0.01, l2: 0.02)), new Tanh(), new Dense(3, kernelRegularizer: new(l2: 0.1)), new Softmax()],
            new() { Kernels = new DoubleKernels(), Seed = 8 });
        var x = Toy.Uniform(30, seed: 3);
        var targets = new float[15];
        for (var row = 0; row < 5; row++)
            targets[row * 3 + row % 3] = 1;

        FiniteDifferences.Check(model, Toy.Batch(model, x, targets), rows: 5);

        var price = model.Parameters.Where(p => p.Regularizer is not null)
            .Sum(p => p.ToArray().Sum(w => (p.Regularizer!.L1 * Math.Abs(w)) + (p.Regularizer.L2 * w * w)));
        var evaluated = model.Evaluate(new Dataset(x, targets));
        using var plain = new Sequential([6], [new Dense(5), new Tanh(), new Dense(3), new Softmax()], new() { Kernels = new DoubleKernels(), Seed = 8 });
        evaluated.Loss.ShouldBe(plain.Evaluate(new Dataset(x, targets)).Loss + price, 1e-5);
    }

    [Fact]
    public void Weights_of_classes_are_those_of_their_samples()
    {
        var (x, labels) = Toy.Clusters(90, seed: 1);
        using var byClass = Classifier(new SGD(0.1));
        using var bySample = Classifier(new SGD(0.1));

        byClass.Fit(x, labels, new() { Epochs = 2, ClassWeights = new(1, 0.5, 2) });
        bySample.Fit(new Dataset(x, labels) { Weights = labels.Select(l => l switch { 0 => 1f, 1 => 0.5f, _ => 2f }).ToArray() }, new() { Epochs = 2 });

        FitTests.Weights(byClass).ShouldBe(FitTests.Weights(bySample));
        Should.Throw<ArgumentException>(() => byClass.Fit(x, labels, new() { ClassWeights = new(1, 2) })).Message.ShouldContain("ClassWeights has 2 weights");
    }

    [Fact]
    public void A_yes_or_no_is_learnt_from_logits_before_a_last_sigmoid()
    {
        var (x, labels) = Toy.Clusters(300, seed: 4);
        float[] targets = [.. labels.Select(l => l == 0 ? 1f : 0f)];
        using var model = new Sequential([2], [new Dense(16), new ReLU(), new Dense(1), new Sigmoid()], new() { Threads = 1 });
        model.Compile(new Adam(0.02), new BinaryCrossentropy());

        var history = model.Fit(x, targets, new() { Epochs = 30 });

        history.Last.Accuracy.ShouldBeGreaterThan(0.95);
        var found = model.Evaluate(new Dataset(x, targets));
        found.Accuracy.ShouldBe(model.Predict(x).Zip(targets).Average(p => p.First > 0.5f == p.Second > 0.5f ? 1.0 : 0.0), 1e-12);
    }

    private static void Stop(TrainingContext context)
    {
        if (context.Step == 4)
            context.Stop("enough");
    }

    private static Dataset Clusters(ulong seed)
    {
        var (x, labels) = Toy.Clusters(90, seed);
        return new(x, labels);
    }

    private static Sequential Classifier(Optimizer optimizer)
    {
        var model = new Sequential([2], [new Dense(16), new ReLU(), new Dense(3), new Softmax()], new() { Threads = 1 });
        model.Compile(optimizer);
        return model;
    }

    private sealed class Watch(Action<TrainingContext> epoch, Action<TrainingContext>? step = null) : Callback
    {
        public override void OnEpochEnd(TrainingContext training) => epoch(training);

        public override void OnBatchEnd(TrainingContext training) => step?.Invoke(training);
    }
}
