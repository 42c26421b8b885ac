namespace Shoal.Learning.Tests;

/// <summary>The contract of every optimizer.</summary>
public sealed class OptimizerTests
{
    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    private static Dictionary<string, Func<double, Optimizer>> Makers { get; } = new()
    {
        ["Adam"] = rate => new Adam(rate),
        ["Adam with other decays"] = rate => new Adam(rate, 0.8, 0.95, 1e-4),
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void It_finds_the_bottom_of_a_bowl(string name)
    {
        using var bench = new Bench(Makers[name](0.05), [3, -2, 0.5f]);

        for (var step = 0; step < 2000; step++)
            bench.Step([.. bench.Weights.Select((w, i) => (i + 1) * (w - 1))]);

        bench.Weights.ShouldAllBe(w => Math.Abs(w - 1) < 1e-2);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_weight_without_gradient_stays(string name)
    {
        using var bench = new Bench(Makers[name](0.1), [3, -2]);

        for (var step = 0; step < 5; step++)
            bench.Step([0, 1]);

        bench.Weights[0].ShouldBe(3);
        bench.Weights[1].ShouldBeLessThan(-2);
        bench.Optimizer.Iterations.ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_change_of_learning_rate_counts_from_the_next_step(string name)
    {
        using var one = new Bench(Makers[name](0.1), [1]);
        using var other = new Bench(Makers[name](0.3), [1]);

        one.Optimizer.LearningRate = 0.3;
        one.Step([0.7f]);
        other.Step([0.7f]);

        one.Weights.ShouldBe(other.Weights);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void It_trains_one_model_only(string name)
    {
        var optimizer = Makers[name](0.1);
        using var first = new Bench(optimizer, [1]);

        Should.Throw<InvalidOperationException>(() => new Bench(optimizer, [1])).Message.ShouldContain("already trains another model");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_learning_rate_is_positive_and_finite(double rate)
    {
        foreach (var make in Makers.Values)
            Should.Throw<ArgumentOutOfRangeException>(() => make(rate)).Message.ShouldContain("LearningRate must be above 0");
    }

    private sealed class Bench : IDisposable
    {
        private readonly Workspace _workspace = new(TestKernels.Create("cpu"), ownsKernels: true);
        private readonly Parameter _parameter;

        public Bench(Optimizer optimizer, float[] weights)
        {
            Optimizer = optimizer;
            _parameter = new("w", new("w", [weights.Length], Initializer.Zeros), _workspace, () => { }) { Gradient = _workspace.Allocate(weights.Length) };
            _parameter.Set(weights);
            optimizer.Attach(this, [_parameter], _workspace);
        }

        public Optimizer Optimizer { get; }

        public float[] Weights => _parameter.ToArray();

        public void Step(float[] gradient)
        {
            _workspace.Kernels.Write(gradient, _parameter.Gradient!);
            Optimizer.Step(_workspace.Kernels, [_parameter]);
        }

        public void Dispose() => _workspace.Dispose();
    }
}
