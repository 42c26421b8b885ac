namespace Shoal.Learning.Tests;

public sealed class RegularizerTests
{
    [Fact]
    public void The_gradient_is_that_of_the_penalty_by_finite_differences()
    {
        using var bench = new LayerBench(new Dense(3, kernelRegularizer: new(0.3, 0.7)), [4], rows: 2, new DoubleKernels());
        using var penalties = bench.Kernels.Allocate(2);
        var kernel = bench.Parameter("kernel");
        var (weights, before) = (DoubleKernels.Values(kernel.Value), Toy.Uniform(12, seed: 3));
        bench.Kernels.Write(before, kernel.Gradient!);

        kernel.AddPenaltyGradient();

        for (var i = 0; i < 12; i++)
        {
            var weight = weights[i];
            weights[i] = weight + 1e-6;
            var above = Penalty();
            weights[i] = weight - 1e-6;
            var below = Penalty();
            weights[i] = weight;
            (DoubleKernels.Values(kernel.Gradient!)[i] - before[i]).ShouldBe((above - below) / 2e-6, 1e-8);
        }

        Penalty().ShouldBe(weights.Sum(w => (0.3f * Math.Abs(w)) + (0.7f * w * w)), 1e-12);

        double Penalty()
        {
            kernel.WritePenalty(penalties, 1);
            return DoubleKernels.Values(penalties)[1];
        }
    }

    [Fact]
    public void Without_a_regularizer_nothing_is_added()
    {
        using var bench = new LayerBench(new Dense(3), [4], rows: 2, new DoubleKernels());
        using var penalties = bench.Kernels.Allocate(1);
        var kernel = bench.Parameter("kernel");
        bench.Kernels.Write(Toy.Uniform(12, seed: 3), kernel.Gradient!);

        kernel.AddPenaltyGradient();
        kernel.WritePenalty(penalties, 0);

        kernel.GradientToArray().ShouldBe(Toy.Uniform(12, seed: 3));
        bench.Read(penalties).ShouldBe([0f]);
    }

    [Fact]
    public void Factors_below_0_are_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Regularizer(l2: -1)).Message.ShouldContain("Regularizer: l2 must be from 0");
}
