namespace Shoal.Learning.Tests;

public sealed class FitTests
{
    [Fact]
    public void A_small_network_learns_three_clusters()
    {
        var (x, labels) = Toy.Clusters(300, seed: 1);
        using var kernels = new DoubleKernels();
        using var model = new Sequential([2], [new Dense(16), new ReLU(), new Dense(3), new Softmax()], new() { Kernels = kernels });
        model.Compile(new Adam(learningRate: 0.01));

        var history = model.Fit(x, labels, new() { Epochs = 10, BatchSize = 32, Seed = 3 });

        history.Epochs.Count.ShouldBe(10);
        history.Last.Loss.ShouldBeLessThan(history.Epochs[0].Loss);
        model.Evaluate(x, labels).Accuracy.ShouldBeGreaterThan(0.95);
    }
}
