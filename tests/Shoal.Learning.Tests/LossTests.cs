namespace Shoal.Learning.Tests;

/// <summary>The contract of every loss: its gradient is that of finite differences, in double.</summary>
public sealed class LossTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Losses => [.. Makers.Keys];

    private static Dictionary<string, (Func<Loss> Make, float[] Targets)> Makers { get; } = new()
    {
        ["cross-entropy of classes"] = (() => new CategoricalCrossentropy(), [0, 1, 0, 1, 0, 0]),
        ["cross-entropy of probabilities"] = (() => new CategoricalCrossentropy(), [0.2f, 0.5f, 0.3f, 0.25f, 0.75f, 0]),
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void The_gradient_is_that_of_the_mean_of_the_losses(string name)
    {
        var (make, t) = Makers[name];
        using var kernels = new DoubleKernels();
        var (x, targets, losses, gradient) = (kernels.Allocate(6), kernels.Allocate(6), kernels.Allocate(2), kernels.Allocate(6));
        kernels.Write([0.3f, -1, 2, 0, 0.5f, -0.25f], x);
        kernels.Write(t, targets);
        var loss = make();

        Mean();
        var expected = DoubleKernels.Values(gradient).ToArray();

        for (var i = 0; i < 6; i++)
        {
            var value = DoubleKernels.Values(x)[i];
            DoubleKernels.Values(x)[i] = value + Step;
            var above = Mean();
            DoubleKernels.Values(x)[i] = value - Step;
            var below = Mean();
            DoubleKernels.Values(x)[i] = value;
            expected[i].ShouldBe((above - below) / (2 * Step), 1e-8);
        }

        double Mean()
        {
            loss.Compute(kernels, 2, 3, x, targets, losses, gradient);
            return DoubleKernels.Values(losses).Average();
        }
    }
}
