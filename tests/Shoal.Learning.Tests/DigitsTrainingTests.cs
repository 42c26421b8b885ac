namespace Shoal.Learning.Tests;

/// <summary>The mission's training on real digits.</summary>
public sealed class DigitsTrainingTests
{
    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(1)]
    [InlineData(2)]
    public void Six_thousand_digits_and_230_steps_reach_0_975_on_the_test_digits(ulong seed)
    {
        var (x, labels) = Mnist.Load("train", 6000);
        var (testX, testLabels) = Mnist.Load("t10k", 10_000);
        using var model = DigitsNetwork.Create(new() { Seed = seed });

        var history = model.Fit(x, labels, new()
        {
            Epochs = 5,
            StepsPerEpoch = 46,
            BatchSize = 128,
            Seed = seed,
            Augmentation = DigitsNetwork.Augmentation,
            Validation = new(testX.AsMemory(0, 784_000), testLabels.AsMemory(0, 1000)),
        });

        history.Last.Accuracy.ShouldBeGreaterThanOrEqualTo(0.96);
        history.Last.ValidationAccuracy!.Value.ShouldBeGreaterThanOrEqualTo(0.965);
        model.Evaluate(testX, testLabels).Accuracy.ShouldBeGreaterThanOrEqualTo(0.975);
    }
}
