using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>Cross-entropy against Keras, in tests/data/golden: soft targets from logits, and clipped probabilities.</summary>
public sealed class GoldenLossTests
{
    private const double Tolerance = 1e-5;

    private static readonly SafeTensorsFile File = Golden.Tensors("layers");

    public static TheoryData<string> Kernels => [.. TestKernels.Names];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Smoothed_targets_from_logits(string kernels)
    {
        const string Name = "softmax_crossentropy_02";
        var (losses, gradient) = Compute(new CategoricalCrossentropy(), kernels, $"{Name}/logits", File.Singles($"{Name}/targets"));

        losses.ShouldBeNear(File.Singles($"{Name}/loss_per_row"), Tolerance, "losses");
        gradient.ShouldBeNear(File.Singles($"{Name}/dlogits_of_mean_loss"), Tolerance, "gradient");
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Smoothing_of_our_own_from_logits(string kernels)
    {
        const string Name = "softmax_crossentropy_02";
        float[] smooth = File.Singles($"{Name}/targets"), hard = [.. smooth.Select(t => t > 0.5f ? 1f : 0f)];
        var (losses, gradient) = Compute(new CategoricalCrossentropy(0.1), kernels, $"{Name}/logits", hard);

        losses.ShouldBeNear(File.Singles($"{Name}/loss_per_row"), Tolerance, "losses");
        gradient.ShouldBeNear(File.Singles($"{Name}/dlogits_of_mean_loss"), Tolerance, "gradient");
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Probabilities_of_0_and_1_and_rows_that_do_not_sum_to_1(string kernels)
    {
        const string Name = "crossentropy_from_probabilities";
        var (losses, gradient) = Compute(new CategoricalCrossentropy(fromLogits: false), kernels, $"{Name}/p", File.Singles($"{Name}/targets"));

        losses.ShouldBeNear(File.Singles($"{Name}/loss_per_row"), Tolerance, "losses");
        gradient.ShouldAllBe(v => float.IsFinite(v));
    }

    private static (float[] Losses, float[] Gradient) Compute(Loss loss, string kernelsName, string x, float[] targets)
    {
        var sizes = File.Sizes(x);
        using var kernels = TestKernels.Create(kernelsName);
        using Storage predictions = kernels.Allocate(targets.Length), wanted = kernels.Allocate(targets.Length);
        using Storage losses = kernels.Allocate(sizes[0]), gradient = kernels.Allocate(targets.Length);
        kernels.Write(File.Singles(x), predictions);
        kernels.Write(targets, wanted);

        loss.Compute(kernels, sizes[0], sizes[1], predictions, wanted, losses, gradient);

        var (rows, slopes) = (new float[sizes[0]], new float[targets.Length]);
        kernels.Read(losses, rows);
        kernels.Read(gradient, slopes);
        return (rows, slopes);
    }
}
