namespace Shoal.Learning.Tests;

public sealed class PredictTests
{
    [Fact]
    public void Row_by_row_and_batched_predictions_have_the_same_bits()
    {
        var (x, labels) = Toy.Images(150, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 2 });
        model.Fit(x, labels, new() { BatchSize = 32 });

        var batched = model.Predict(x);

        var row = new float[4];
        for (var i = 0; i < 150; i++)
        {
            model.Predict(x.AsSpan(i * 144, 144), row);
            row.ShouldBe(batched[(i * 4)..(i * 4 + 4)], $"row {i}");
        }
    }

    [Fact]
    public void Fused_predictions_are_those_of_the_layers_one_by_one()
    {
        var (x, labels) = Toy.Images(20, [9, 8, 2], seed: 2);
        var kernels = new DoubleKernels();
        using var model = FitTests.ImageClassifier(new() { Kernels = kernels });
        model.Fit(x, labels, new() { BatchSize = 7 });

        var fused = model.Predict(x);

        var value = kernels.Allocate(x.Length);
        kernels.Write(x, value);
        foreach (var layer in model.Layers)
        {
            var next = kernels.Allocate(20 * layer.OutputShape.Size);
            layer.Forward(new(20), value, next);
            value = next;
        }

        var plain = new float[80];
        kernels.Read(value, plain);
        fused.ShouldBeNear(plain, 1e-5, "probabilities");
    }

    [Fact]
    public void Predictions_follow_every_change_of_weights()
    {
        var (x, labels) = Toy.Images(40, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        var untrained = model.Predict(x);
        model.Fit(x, labels, new() { BatchSize = 20 });

        var trained = model.Predict(x);
        model.Parameters.Single(p => p.Name == "batch_normalization/beta").Set([1, 2, 3, 4, 5]);

        trained.ShouldNotBe(untrained);
        model.Predict(x).ShouldNotBe(trained);
    }

    [Fact]
    public void A_warm_row_allocates_nothing()
    {
        var (x, _) = Toy.Images(1, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        var outputs = new float[4];
        for (var i = 0; i < 100; i++)
            model.Predict(x, outputs);

        AllocatedBytes.Least(() => model.Predict(x, outputs)).ShouldBe(0);
    }

    [Fact]
    public void Evaluation_counts_what_prediction_says()
    {
        var (x, labels) = Toy.Images(300, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        model.Fit(x, labels, new() { BatchSize = 32 });
        var confusion = new int[4, 4];
        var loss = 0.0;
        var probabilities = model.Predict(x);
        for (var i = 0; i < 300; i++)
        {
            var row = probabilities.AsSpan(i * 4, 4);
            confusion[labels[i], row.IndexOf(row.ToArray().Max())]++;
            loss -= Math.Log(row[labels[i]]) / 300;
        }

        var result = model.Evaluate(x, labels);

        result.Rows.ShouldBe(300);
        result.Loss.ShouldBe(loss, 1e-5);
        result.Accuracy.ShouldBe(Enumerable.Range(0, 4).Sum(i => confusion[i, i]) / 300.0, 1e-12);
        for (var i = 0; i < 16; i++)
            result.Confusion[i / 4][i % 4].ShouldBe(confusion[i / 4, i % 4]);
    }

    [Fact]
    public void A_model_that_begins_with_normalisation_or_ends_with_ReLU_predicts_too()
    {
        using var model = new Sequential([3], [new BatchNorm(), new ReLU(), new Dropout(0.5), new Dense(2), new Dropout(0.5), new BatchNorm(), new BatchNorm(), new ReLU()], new() { Threads = 1, Seed = 3 });
        var kernel = model.Parameters.Single(p => p.Name == "dense/kernel").ToArray();
        float[] x = [1, -2, 3];

        var y = model.Predict(x);

        for (var unit = 0; unit < 2; unit++)
            ((double)y[unit]).ShouldBe(Math.Max(0, (kernel[unit] + 3 * kernel[4 + unit]) / Math.Pow(1.001, 1.5)), 1e-5);
    }

    [Fact]
    public void Batches_of_a_source_give_the_predictions_of_their_rows()
    {
        var (x, labels) = Toy.Images(70, [9, 8, 2], seed: 3);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        var source = new ArrayBatches([9, 8, 2], x, labels, 4, new() { BatchSize = 32, Shuffle = false });

        var batches = model.Predict(source).ToArray();

        batches.Select(b => b[0].Length / 4).ShouldBe([32, 32, 6]);
        batches.SelectMany(b => b[0]).ShouldBe(model.Predict(x));
        model.Predict(source, steps: 1).Count().ShouldBe(1);
        Should.Throw<ArgumentException>(() => model.Predict(new ArrayBatches([3], new float[3], new int[1], 4))).Message.ShouldContain("Predict: the batches hold samples of shape (3)");
        Should.Throw<ArgumentException>(() => model.Predict(source, steps: 0)).Message.ShouldContain("steps must be 1 or more (was 0)");
    }

    [Fact]
    public void No_rows_give_no_predictions()
    {
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });

        model.Predict([]).ShouldBeEmpty();
    }
}
