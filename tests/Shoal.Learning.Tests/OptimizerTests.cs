using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>The contract of every optimizer; a new one is one line of the table.</summary>
public sealed class OptimizerTests
{
    private const string Own = "one of the user's own";

    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    public static TheoryData<string> OurOptimizers => [.. Makers.Keys.Where(name => name != Own)];

    private static Dictionary<string, Func<double, Optimizer>> Makers { get; } = new()
    {
        ["SGD"] = rate => new SGD(rate),
        ["SGD with momentum"] = rate => new SGD(rate, 0.8),
        ["SGD with Nesterov's momentum"] = rate => new SGD(rate, 0.8, nesterov: true),
        ["RMSprop"] = rate => new RMSprop(rate / 10),
        ["RMSprop with momentum"] = rate => new RMSprop(rate / 10, momentum: 0.5),
        ["RMSprop, centered, with momentum"] = rate => new RMSprop(rate / 10, 0.8, 0.2, centered: true),
        ["Adam"] = rate => new Adam(rate),
        ["Adam with other decays"] = rate => new Adam(rate, 0.8, 0.95, 1e-4),
        ["AMSGrad"] = rate => new Adam(rate, amsGrad: true),
        ["AdamW"] = rate => new AdamW(rate, 1e-4),
        ["SGD, values clipped"] = rate => new SGD(rate, 0.5) { ClipValue = 0.7 },
        ["Adam, norms clipped"] = rate => new Adam(rate) { ClipNorm = 0.3 },
        ["RMSprop, the global norm clipped"] = rate => new RMSprop(rate / 10) { GlobalClipNorm = 0.5 },
        [Own] = rate => new SignDescent(rate / 10) { ClipValue = 0.1 },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void It_finds_the_bottom_of_a_bowl(string name)
    {
        using var bench = new OptimizerBench(Makers[name](0.05), [3, -2, 0.5f]);

        for (var step = 0; step < 2000; step++)
            bench.Step([.. bench.Weights.Select((w, i) => (i + 1) * (w - 1))]);

        bench.Weights.ShouldAllBe(w => Math.Abs(w - 1) < 2e-2);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_weight_without_gradient_stays_but_for_its_decay(string name)
    {
        using var bench = new OptimizerBench(Makers[name](0.1), [3, -2]);

        for (var step = 0; step < 5; step++)
            bench.Step([0, 1]);

        if (bench.Optimizer.WeightDecay == 0)
            bench.Weights[0].ShouldBe(3);
        else
            ((double)bench.Weights[0]).ShouldBe(3 * Math.Pow(1 - 0.1 * bench.Optimizer.WeightDecay, 5), 1e-6);
        bench.Weights[1].ShouldBeLessThan(-2);
        bench.Optimizer.Iterations.ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_change_of_learning_rate_counts_from_the_next_step(string name)
    {
        using var one = new OptimizerBench(Makers[name](0.1), [1f]);
        using var other = new OptimizerBench(Makers[name](0.3), [1f]);

        one.Optimizer.LearningRate = other.Optimizer.LearningRate;
        one.Step([0.7f]);
        other.Step([0.7f]);

        one.Weights.ShouldBe(other.Weights);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void It_trains_one_model_only(string name)
    {
        var optimizer = Makers[name](0.1);
        using var first = new OptimizerBench(optimizer, [1f]);

        Should.Throw<InvalidOperationException>(() => new OptimizerBench(optimizer, [1f])).Message.ShouldContain("already trains another model");
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Restored_it_goes_on_to_the_bit(string name)
    {
        float[] first = Toy.Uniform(37, 1), second = Toy.Uniform(5, 2);
        using var whole = new OptimizerBench(Makers[name](0.02), first, second);
        using var begun = new OptimizerBench(Makers[name](0.02), first, second);
        Run(whole, 0, 7);
        Run(begun, 0, 4);
        begun.Optimizer.LearningRate = 0.005;
        var state = begun.Capture();
        using var resumed = new OptimizerBench(Makers[name](0.02), begun.Of(0), begun.Of(1));

        resumed.Restore(state);
        whole.Optimizer.LearningRate.ShouldNotBe(resumed.Optimizer.LearningRate);
        Run(resumed, 4, 7);
        Run(begun, 4, 7);

        resumed.Optimizer.Iterations.ShouldBe(7);
        resumed.Optimizer.LearningRate.ShouldBe(0.005);
        (resumed.Of(0), resumed.Of(1)).ShouldBe((begun.Of(0), begun.Of(1)), SameBits);
        resumed.Of(0).ShouldNotBe(whole.Of(0));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_state_of_another_optimizer_or_model_is_refused(string name)
    {
        using var bench = new OptimizerBench(Makers[name](0.02), [1, 2]);
        bench.Step([1, 1]);
        var state = bench.Capture();
        using var longer = new OptimizerBench(Makers[name](0.02), [1, 2, 3]);
        using var other = new OptimizerBench(new StrangeOptimizer(), [1, 2]);

        Should.Throw<ArgumentException>(() => other.Restore(state)).Message.ShouldContain($"it is of {state.Kind}");
        Should.Throw<ArgumentException>(() => bench.Restore(state with { HyperParameters = new Dictionary<string, double> { ["Depth"] = 3 } }))
            .Message.ShouldContain("Depth was 3, is not set");
        if (state.Slots.Count > 0)
            Should.Throw<ArgumentException>(() => longer.Restore(state)).Message.ShouldContain("has 2 values, expected 3");
        bench.Optimizer.Iterations.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void It_has_the_same_bits_for_any_threads_and_width(string name)
    {
        float[][] weights = [Toy.Uniform(40001, 1), Toy.Uniform(17, 2)];
        var kernels = new Func<IKernels>[]
        {
            () => new CpuKernels(1, VectorWidth.Scalar), () => new CpuKernels(2, VectorWidth.Bits128), () => new CpuKernels(3, VectorWidth.Bits256),
            () => new CpuKernels(2, VectorWidth.Bits512),
        };

        var results = kernels.Select(make =>
        {
            using var bench = new OptimizerBench(Makers[name](0.02), make(), weights);
            Run(bench, 0, 3);
            return (bench.Of(0), bench.Of(1));
        }).ToArray();

        foreach (var result in results)
            result.ShouldBe(results[0], SameBits);
    }

    [Theory]
    [MemberData(nameof(OurOptimizers))]
    public void A_warm_step_allocates_nothing(string name)
    {
        using var bench = new OptimizerBench(Makers[name](0.02), Toy.Uniform(5000, 1), Toy.Uniform(17, 2));
        Run(bench, 0, 2);

        AllocatedBytes.Least(() => bench.Optimizer.Step(bench.Kernels, bench.Parameters)).ShouldBe(0);
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

    [Fact]
    public void Bad_hyper_parameters_are_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => new SGD(momentum: 1.5)).Message.ShouldContain("SGD: momentum must be from 0 to 1 (was 1.5)");
        Should.Throw<ArgumentException>(() => new RMSprop(rho: 1)).Message.ShouldContain("RMSprop: rho must be");
        Should.Throw<ArgumentException>(() => new RMSprop(epsilon: 0)).Message.ShouldContain("RMSprop: epsilon must be");
        Should.Throw<ArgumentException>(() => new Adam(beta1: -0.1)).Message.ShouldContain("Adam: beta1 must be");
        Should.Throw<ArgumentException>(() => new Adam(beta2: double.NaN)).Message.ShouldContain("Adam: beta2 must be");
        Should.Throw<ArgumentException>(() => new AdamW(weightDecay: -1)).Message.ShouldContain("AdamW: WeightDecay must be");
        Should.Throw<ArgumentException>(() => new Adam { ClipNorm = 0 }).Message.ShouldContain("Adam: ClipNorm must be");
        Should.Throw<ArgumentException>(() => new SGD { ClipValue = double.NaN }).Message.ShouldContain("SGD: ClipValue must be");
        Should.Throw<ArgumentException>(() => new SGD { ClipValue = 1, GlobalClipNorm = 2 }).Message
            .ShouldContain("SGD: GlobalClipNorm and ClipValue are both set (2 and 1)");
    }

    [Fact]
    public void Norms_are_clipped_for_each_parameter_or_for_all()
    {
        using var each = new OptimizerBench(new SGD(1) { ClipNorm = 1 }, [0, 0], [0f]);
        using var all = new OptimizerBench(new SGD(1) { GlobalClipNorm = 6.5 }, [0, 0], [0f]);
        using var small = new OptimizerBench(new SGD(1) { GlobalClipNorm = 13 }, [0, 0], [0f]);

        foreach (var bench in (OptimizerBench[])[each, all, small])
            bench.Step([3, 4], [12f]);

        (each.Of(0), each.Of(1)).ShouldBe(([-0.6f, -0.8f], [-1]), SameBits);
        (all.Of(0), all.Of(1)).ShouldBe(([-1.5f, -2], [-6]), SameBits);
        (small.Of(0), small.Of(1)).ShouldBe(([-3, -4], [-12]), SameBits);
    }

    [Fact]
    public void A_gradient_that_is_no_number_is_not_hidden_by_clipping()
    {
        foreach (var optimizer in (Optimizer[])[new SGD { ClipNorm = 1 }, new SGD { ClipValue = 1 }, new Adam { GlobalClipNorm = 1 }])
        {
            using var bench = new OptimizerBench(optimizer, [1, 1]);

            bench.Step([float.NaN, 1]);

            float.IsNaN(bench.Weights[0]).ShouldBeTrue();
        }
    }

    private static void Run(OptimizerBench bench, int from, int to)
    {
        for (var step = from; step < to; step++)
            bench.Step([.. bench.Parameters.Select((p, i) => Toy.Uniform(p.Shape.Size, (ulong)((100 * step) + i)))]);
    }

    private static IEqualityComparer<(float[], float[])> SameBits { get; } = EqualityComparer<(float[], float[])>.Create(
        (a, b) => Bits(a.Item1).SequenceEqual(Bits(b.Item1)) && Bits(a.Item2).SequenceEqual(Bits(b.Item2)));

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);

    /// <summary>Steps of one size against the sign of the clipped gradient, until it is small.</summary>
    private sealed class SignDescent(double learningRate) : Optimizer(learningRate)
    {
        protected override IReadOnlyList<string> SlotNames => ["last"];

        protected override void Update(
            IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update)
        {
            var (w, g) = (new float[length], new float[length]);
            kernels.Read(weights, w);
            kernels.Read(gradient, g);
            for (var i = 0; i < length; i++)
            {
                g[i] = update.Gradient(g[i]);
                w[i] = update.Weight(w[i]) - ((float)LearningRate * 10 * g[i]);
            }

            kernels.Write(w, weights);
            kernels.Write(g, slots[0]);
        }
    }

    private sealed class StrangeOptimizer() : Optimizer(1)
    {
        protected override IReadOnlyList<string> SlotNames => [];

        protected override void Update(
            IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update)
        {
        }
    }
}
