namespace Shoal.Learning.Tests;

public sealed class BatchNormTests
{
    [Fact]
    public void After_one_step_accurate_statistics_are_those_of_the_batch()
    {
        using var bench = new LayerBench(new BatchNorm(), [2], rows: 3, new DoubleKernels());

        bench.Forward([1, 10, 2, 20, 6, 60], training: true);

        bench.Parameter("moving_mean").ToArray().ShouldBe([3f, 30f]);
        bench.Parameter("moving_variance").ToArray()[0].ShouldBe(14 / 3f, 1e-6);
    }

    [Fact]
    public void Accurate_statistics_are_Keras_s_with_Adams_correction()
    {
        using var accurate = new LayerBench(new BatchNorm(momentum: 0.9), [1], rows: 4, new DoubleKernels());
        using var keras = new LayerBench(new BatchNorm(momentum: 0.9, statistics: BatchNormStatistics.Keras), [1], rows: 4, new DoubleKernels());

        for (var step = 1; step <= 5; step++)
        {
            var x = Toy.Uniform(4, seed: (ulong)step, scale: 3);
            accurate.Forward(x, training: true);
            keras.Forward(x, training: true);

            var power = Math.Pow(0.9, step);
            var mean = keras.Parameter("moving_mean").ToArray()[0] / (1 - power);
            var variance = (keras.Parameter("moving_variance").ToArray()[0] - power) / (1 - power);
            ((double)accurate.Parameter("moving_mean").ToArray()[0]).ShouldBe(mean, 1e-6);
            ((double)accurate.Parameter("moving_variance").ToArray()[0]).ShouldBe(variance, 1e-5);
        }
    }

    [Fact]
    public void An_estimate_is_the_average_over_its_rows_and_changes_nothing_else()
    {
        using var bench = new LayerBench(new BatchNorm(), [1], rows: 4, new DoubleKernels());
        bench.Forward([5, 5, 5, 9], training: true);

        bench.Layer.BeginAveraging();
        bench.Forward([1, 2, 3, 4], training: true);
        bench.Kernels.Write([10f, 20f], bench.X);
        bench.Layer.Forward(new(2, Training: true), bench.X, bench.Y);
        bench.Layer.EndAveraging();

        bench.Parameter("moving_mean").ToArray()[0].ShouldBe((4 * 2.5f + 2 * 15f) / 6, 1e-6);
        bench.Parameter("moving_variance").ToArray()[0].ShouldBe((4 * 1.25f + 2 * 25f) / 6, 1e-5);
        bench.Layer.State().Single().Value.ShouldBe("1");
    }

    [Fact]
    public void Keras_s_statistics_take_no_part_in_the_estimate()
    {
        using var bench = new LayerBench(new BatchNorm(statistics: BatchNormStatistics.Keras), [1], rows: 2, new DoubleKernels());

        bench.Layer.BeginAveraging();
        bench.Forward([10, 20], training: true);
        bench.Layer.EndAveraging();

        bench.Parameter("moving_mean").ToArray()[0].ShouldBe(0.15f, 1e-6);
    }

    [Fact]
    public void After_a_short_run_accurate_statistics_predict_far_better_than_Keras_s()
    {
        var (x, labels) = Toy.Images(256, [8, 8, 1], seed: 1);
        for (var i = 0; i < x.Length; i++)
            x[i] = x[i] * 5 + 40;

        Accuracy(BatchNormStatistics.Accurate).ShouldBeGreaterThan(0.95);
        Accuracy(BatchNormStatistics.Keras).ShouldBeLessThan(0.6);

        double Accuracy(BatchNormStatistics statistics)
        {
            using var model = new Sequential(
                [8, 8, 1], [new Conv2D(4, 3), new BatchNorm(statistics: statistics), new ReLU(), new Flatten(), new Dense(4), new Softmax()], new() { Threads = 1 });
            model.Compile(new Adam(0.01));
            model.Fit(x, labels, new() { Epochs = 2, BatchSize = 16 });
            return model.Evaluate(x, labels).Accuracy;
        }
    }
}
