using System.Text.Json;

namespace Shoal.Learning.Tests;

/// <summary>Each callback against what Keras documents of it; trainings are made up of their logs.</summary>
public sealed class CallbackTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoal-callbacks-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 7)]
    public void It_stops_after_as_many_epochs_without_improvement_as_the_patience_says(int patience, int last)
    {
        var run = Run.Of("val_loss", [3, 2, 2.5, 2.2, 1, 1.5, 1.5], new EarlyStopping(patience: patience));

        run.Epochs.ShouldBe(last);
        if (last < 7)
            run.Training.StopReason!.ShouldContain("val_loss has not improved for");
    }

    /// <summary>The example of Keras' documentation: patience 3 and a loss that never falls run 4 epochs.</summary>
    [Fact]
    public void A_loss_that_never_falls_runs_for_the_patience_and_one()
    {
        Run.Of("loss", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], new EarlyStopping("loss", patience: 3)).Epochs.ShouldBe(4);
        Run.Of("loss", [1, 1, 1], new EarlyStopping("loss")).Epochs.ShouldBe(2, "never after the first epoch");
        Run.Of("loss", [double.NaN, double.NaN, double.NaN], new EarlyStopping("loss", patience: 2)).Epochs.ShouldBe(2, "a NaN is no improvement, the first neither");
    }

    [Fact]
    public void Changes_below_the_least_one_do_not_count()
    {
        Run.Of("loss", [1, 0.95, 0.91, 0.5], new EarlyStopping("loss", minDelta: 0.1, patience: 2)).Epochs.ShouldBe(3);
        Run.Of("accuracy", [0.5, 0.52, 0.54, 0.9], new EarlyStopping("accuracy", minDelta: 0.05, patience: 2)).Epochs.ShouldBe(3);
        Run.Of("accuracy", [0.5, 0.6, 0.7, 0.6], new EarlyStopping("accuracy", patience: 1)).Epochs.ShouldBe(4);
        Run.Of("odd", [1, 2, 3, 4], new EarlyStopping("odd", mode: MonitorMode.Min, patience: 1)).Epochs.ShouldBe(2);
    }

    [Fact]
    public void Below_a_baseline_improvements_do_not_renew_the_patience()
    {
        Run.Of("accuracy", [0.1, 0.2, 0.3, 0.25, 0.9], new EarlyStopping("accuracy", patience: 3, baseline: 0.5)).Epochs.ShouldBe(4);
        Run.Of("accuracy", [0.1, 0.2, 0.6, 0.5, 0.5, 0.5], new EarlyStopping("accuracy", patience: 3, baseline: 0.5)).Epochs.ShouldBe(6);
    }

    [Fact]
    public void First_epochs_may_be_left_out()
    {
        var early = new EarlyStopping(patience: 1, startFromEpoch: 3, restoreBest: true);

        var run = Run.Of("val_loss", [1, 2, 3, 4, 5, 0], early);

        run.Epochs.ShouldBe(5);
        early.BestEpoch.ShouldBe(4);
        run.Model.Weights.ShouldBe(4);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 4)]
    public void The_best_weights_come_back_if_asked_for(bool restore, int weights)
    {
        var stopped = Run.Of("val_loss", [2, 1, 3, 3, 3], new EarlyStopping(patience: 2, restoreBest: restore));
        var ended = Run.Of("val_loss", [2, 1, 3, 3], new EarlyStopping(patience: 9, restoreBest: restore));

        stopped.Epochs.ShouldBe(4);
        stopped.Model.Weights.ShouldBe(weights);
        ended.Model.Weights.ShouldBe(weights, "also where nothing stopped it");
    }

    [Fact]
    public void A_callback_may_serve_one_training_after_the_other()
    {
        var early = new EarlyStopping(patience: 1);
        Run.Of("val_loss", [1, 2, 3], early).Epochs.ShouldBe(2);

        Run.Of("val_loss", [5, 4, 6, 7], early).Epochs.ShouldBe(3);
    }

    [Fact]
    public void The_rate_falls_on_a_plateau_and_rests()
    {
        double[] losses = [1, 1, 1, 1, 1, 1, 1];
        double[] Rates(ReduceOnPlateau callback) => Run.Of("val_loss", losses, callback).Rates;

        Rates(new(factor: 0.5, patience: 2)).ShouldBe([1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]);
        Rates(new(factor: 0.5, patience: 1, cooldown: 2)).ShouldBe([1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
        Rates(new(factor: 0.1, patience: 1, leastRate: 0.05)).ShouldBe([1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05]);
        Run.Of("val_loss", [1, 0.99995, 0.9, 0.8], new ReduceOnPlateau(patience: 1)).Rates.ShouldBe([1, 0.1, 0.1, 0.1]);
        Run.Of("accuracy", [0.1, 0.2, 0.2], new ReduceOnPlateau("accuracy", 0.5, 1)).Rates.ShouldBe([1, 1, 0.5]);
    }

    [Fact]
    public void A_csv_log_has_a_row_an_epoch_with_sorted_columns()
    {
        var path = Path.Combine(_folder.FullName, "new", "training.csv");

        Run.Of([new() { ["val_loss"] = 0.1, ["loss"] = 1 / 3.0 }, new() { ["loss"] = double.NaN, ["late"] = 1 }], new LearningRateLog(), new CsvLog(path));

        File.ReadAllText(path).ShouldBe("epoch,learning_rate,loss,val_loss\n1,1,0.3333333333333333,0.1\n2,1,NaN,NA\n");
    }

    [Fact]
    public void A_csv_log_goes_on_or_begins_anew()
    {
        var path = Path.Combine(_folder.FullName, "training.csv");
        Run.Of("loss", [2, 1], new CsvLog(path));
        File.AppendAllText(path, "3,0.5");

        Run.Of("loss", [7], new CsvLog(path, append: true));

        File.ReadAllText(path).ShouldBe("epoch,loss\n1,2\n2,1\n1,7\n", "the row that was cut off is gone");
        Should.Throw<InvalidOperationException>(() => Run.Of("accuracy", [1], new CsvLog(path, append: true))).Message
            .ShouldContain("has the columns epoch,loss, this training gives epoch,accuracy");
        Run.Of("a,\"b\"", [1], new CsvLog(path));
        File.ReadAllText(path).ShouldBe("epoch,\"a,\"\"b\"\"\"\n1,1\n");
    }

    [Fact]
    public void A_json_log_has_a_line_an_epoch()
    {
        var path = Path.Combine(_folder.FullName, "training.jsonl");
        Run.Of([new() { ["val_loss"] = 0.5, ["loss"] = 0.1 }, new() { ["loss"] = double.NaN }], new JsonLog(path));
        Run.Of("loss", [3], new JsonLog(path, append: true));

        var lines = File.ReadAllLines(path);

        lines.ShouldBe(["""{"epoch":1,"loss":0.1,"val_loss":0.5}""", """{"epoch":2,"loss":null}""", """{"epoch":1,"loss":3}"""]);
        lines.ShouldAllBe(line => JsonDocument.Parse(line, default).RootElement.ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public void The_best_epochs_are_saved_under_their_names()
    {
        var template = Path.Combine(_folder.FullName, "run", "{epoch:00}-{val_loss:0.00}.bin");
        var best = new BestCheckpoint(template);

        var run = Run.Of("val_loss", [0.5, 0.25, 0.3, double.NaN, 0.125], best);

        run.Model.Saved.Select(Path.GetFileName).ShouldBe(["01-0.50.bin", "02-0.25.bin", "05-0.13.bin"]);
        best.Best.ShouldBe(0.125);
        best.BestPath.ShouldBe(run.Model.Saved[^1]);
        Directory.Exists(Path.Combine(_folder.FullName, "run")).ShouldBeTrue();
        Run.Of("accuracy", [0.5, 0.4], new BestCheckpoint(Path.Combine(_folder.FullName, "one.bin"), "accuracy")).Model.Saved.Count.ShouldBe(1);
    }

    public static TheoryData<int> Cuts => [1, 2, 3, 4, 5];

    /// <summary>A training of seven epochs, and the same cut after some and gone on with new callbacks.</summary>
    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_training_that_was_cut_goes_on_as_if_it_had_not_been(int cut)
    {
        double[] losses = [3, 2, 2.5, 2.5, 2.5, 2.6, 1];
        Callback[] Callbacks() =>
            [new EarlyStopping("loss", patience: 4), new ReduceOnPlateau("loss", 0.5, 2, cooldown: 1), new BestCheckpoint(Path.Combine(_folder.FullName, "{epoch}"), "loss")];

        var whole = Run.Of("loss", losses, Callbacks());
        var first = Callbacks();
        var before = Run.Of("loss", losses[..cut], first);
        var after = Run.GoOn(before, first, "loss", losses[cut..], Callbacks());

        after.Epochs.ShouldBe(whole.Epochs);
        after.Training.StopReason.ShouldBe(whole.Training.StopReason);
        before.Rates.Concat(after.Rates).ShouldBe(whole.Rates);
        before.Model.Saved.Concat(after.Model.Saved).ShouldBe(whole.Model.Saved);
        whole.Rates.ShouldBe([1, 1, 1, 0.5, 0.5, 0.25]);
    }

    [Fact]
    public void A_state_of_another_callback_is_refused()
    {
        Should.Throw<ArgumentException>(() => new ReduceOnPlateau().Restore(new Dictionary<string, double> { ["best"] = 1 })).Message
            .ShouldContain("ReduceOnPlateau cannot go on: the checkpoint does not have its \"wait\"");
        new EarlyStopping(restoreBest: true).Capture().ShouldBeEmpty();
        new JsonLog(Path.Combine(_folder.FullName, "log")).Capture().ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_that_an_epoch_does_not_have_are_named()
    {
        Refused(new EarlyStopping()).ShouldContain("EarlyStopping watches \"val_loss\", which epoch 1 does not have; it has loss");
        Refused(new ReduceOnPlateau("val_accuracy")).ShouldContain("ReduceOnPlateau watches \"val_accuracy\"");
        Refused(new BestCheckpoint("{val_loss}", "loss")).ShouldContain("names \"val_loss\", which epoch 1 does not have; it has epoch, loss");

        static string Refused(Callback callback) => Should.Throw<InvalidOperationException>(() => Run.Of("loss", [1], callback)).Message;
    }

    [Fact]
    public void Bad_parameters_are_refused_by_name()
    {
        Refusal(() => _ = new EarlyStopping("mystery")).ShouldContain("EarlyStopping: \"mystery\" does not say whether more or less of it is better");
        Refusal(() => _ = new EarlyStopping(patience: -1)).ShouldContain("EarlyStopping: patience");
        Refusal(() => _ = new EarlyStopping(minDelta: double.NaN)).ShouldContain("EarlyStopping: minDelta");
        Refusal(() => _ = new EarlyStopping(startFromEpoch: -1)).ShouldContain("EarlyStopping: startFromEpoch");
        Refusal(() => _ = new EarlyStopping(mode: (MonitorMode)9)).ShouldContain("EarlyStopping: mode");
        Refusal(() => _ = new ReduceOnPlateau(factor: 1)).ShouldContain("ReduceOnPlateau: factor must be from 0 and below 1 (was 1)");
        Refusal(() => _ = new ReduceOnPlateau(factor: -1)).ShouldContain("ReduceOnPlateau: factor");
        Refusal(() => _ = new ReduceOnPlateau(cooldown: -1)).ShouldContain("ReduceOnPlateau: cooldown");
        Refusal(() => _ = new ReduceOnPlateau(leastRate: -1)).ShouldContain("ReduceOnPlateau: leastRate");
        Refusal(() => _ = new BestCheckpoint("a{epoch")).ShouldContain("has a brace without its partner");
        Refusal(() => _ = new BestCheckpoint("a{}")).ShouldContain("has a brace without its partner or a name");
        Refusal(() => _ = new BestCheckpoint("a{epoch:Q}")).ShouldContain("has the format {epoch:Q}");
        Refusal(() => _ = new BestCheckpoint(" ")).ShouldContain("BestCheckpoint: give the file a name");
        Refusal(() => _ = new CsvLog("")).ShouldContain("CsvLog: give the file a name");
        Refusal(() => _ = new JsonLog("")).ShouldContain("JsonLog: give the file a name");

        static string Refusal(Action action) => Should.Throw<ArgumentException>(action).Message;
    }

    /// <summary>A training that only has numbers: its weights are the number of the epoch.</summary>
    private sealed class Run(StubModel model, TrainingContext training, int epochs, double[] rates)
    {
        public StubModel Model => model;

        public TrainingContext Training => training;

        public int Epochs => epochs;

        public double[] Rates => rates;

        public static Run Of(string name, double[] values, params Callback[] callbacks) =>
            Of([.. values.Select(value => new Dictionary<string, double> { [name] = value })], callbacks);

        public static Run Of(Dictionary<string, double>[] logs, params Callback[] callbacks) => From(0, 1, null, logs, callbacks);

        /// <summary>The rest of a training with new callbacks, which take over what the old ones captured.</summary>
        public static Run GoOn(Run before, Callback[] old, string name, double[] values, Callback[] callbacks) => From(
            before.Epochs, before.Model.LearningRate, old, [.. values.Select(value => new Dictionary<string, double> { [name] = value })], callbacks);

        private static Run From(int done, double rate, Callback[]? old, Dictionary<string, double>[] logs, Callback[] callbacks)
        {
            var model = new StubModel { LearningRate = rate };
            var training = new TrainingContext(model, done + logs.Length);
            var rates = new List<double>();
            Each(c => c.OnTrainBegin(training));
            for (var i = 0; i < old?.Length; i++)
                callbacks[i].Restore(old[i].Capture());
            for (var epoch = done + 1; epoch <= done + logs.Length && training.StopReason is null; epoch++)
            {
                training.BeginEpoch(epoch);
                Each(c => c.OnEpochBegin(training));
                model.Weights = epoch;
                training.Step = 1;
                Each(c => c.OnBatchEnd(training));
                foreach (var (name, value) in logs[epoch - done - 1])
                    training.Log(name, value);
                Each(c => c.OnEpochEnd(training));
                rates.Add(model.LearningRate);
            }

            Each(c => c.OnTrainEnd(training));
            return new(model, training, training.Epoch, [.. rates]);

            void Each(Action<Callback> call) => Array.ForEach(callbacks, callback => call(callback));
        }
    }

    private sealed class StubModel : ITrainedModel
    {
        public float Weights { get; set; }

        public List<string> Saved { get; } = [];

        public double LearningRate { get; set; } = 1;

        public float[][] Snapshot() => [[Weights]];

        public void Restore(float[][] weights) => Weights = weights[0][0];

        public void Save(string path)
        {
            Saved.Add(path);
            File.WriteAllText(path, "");
        }
    }
}
