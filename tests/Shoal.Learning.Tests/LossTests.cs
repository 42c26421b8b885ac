using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>The contract of every loss: its gradient is that of finite differences, in double, with and without weights; a new one is one line.</summary>
public sealed class LossTests
{
    private const double Step = 1e-6;

    private static readonly float[] Logits = [0.3f, -1, 2, 0, 0.5f, -0.25f];
    private static readonly float[] Probabilities = [0.3f, 0.1f, 0.6f, 0.5f, 0.35f, 0.4f];
    private static readonly float[] Classes = [0, 1, 0, 1, 0, 0];

    public static TheoryData<string> Losses => [.. Makers.Keys];

    private static Dictionary<string, (Func<Loss> Make, float[] X, float[] Targets)> Makers { get; } = new()
    {
        ["cross-entropy of classes"] = (() => new CategoricalCrossentropy(), Logits, Classes),
        ["cross-entropy of soft targets"] = (() => new CategoricalCrossentropy(), Logits, [0.2f, 0.5f, 0.3f, 0.25f, 0.75f, 0]),
        ["cross-entropy of classes, smoothed"] = (() => new CategoricalCrossentropy(0.1), Logits, Classes),
        ["cross-entropy from probabilities"] = (() => new CategoricalCrossentropy(fromLogits: false), Probabilities, Classes),
        ["cross-entropy from probabilities, smoothed"] = (() => new CategoricalCrossentropy(0.2, fromLogits: false), Probabilities, Classes),
        ["binary cross-entropy"] = (() => new BinaryCrossentropy(), Logits, [0, 1, 1, 0, 0.3f, 1]),
        ["binary cross-entropy, smoothed"] = (() => new BinaryCrossentropy(0.3), Logits, [0, 1, 1, 0, 0.3f, 1]),
        ["binary cross-entropy from probabilities"] = (() => new BinaryCrossentropy(0.1, fromLogits: false), Probabilities, [0, 1, 1, 0, 0.3f, 1]),
        ["mean squared error"] = (() => new MeanSquaredError(), Logits, [1, -1, 0, 0.5f, 0.5f, 3]),
        ["mean absolute error"] = (() => new MeanAbsoluteError(), Logits, [1, -2, 0, 0.5f, 1.5f, 3]),
        ["Huber"] = (() => new Huber(), Logits, [1, -1.5f, 0, 0.5f, 0.25f, 3]),
        ["Huber with a small delta"] = (() => new Huber(0.4), Logits, [1, -1.5f, 0, 0.5f, 0.25f, 3]),
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void The_gradient_is_that_of_the_mean_of_the_losses(string name)
    {
        foreach (var weights in new[] { null, new float[] { 0.5f, 3 }, [0, 1] })
        {
            using var bench = new Bench(Makers[name].Make(), Makers[name].X, Makers[name].Targets, weights);

            bench.Mean();
            var expected = DoubleKernels.Values(bench.Gradient).ToArray();

            for (var i = 0; i < 6; i++)
                expected[i].ShouldBe(bench.Difference(i), 1e-8, $"{name}[{i}]");
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Singles_give_what_doubles_give(string name)
    {
        var (make, x, targets) = Makers[name];
        using var exact = new Bench(make(), x, targets, [2, 0.5f]);
        using var kernels = new CpuKernels(1);
        using Storage sx = kernels.Allocate(6), st = kernels.Allocate(6), sw = kernels.Allocate(2), losses = kernels.Allocate(2), gradient = kernels.Allocate(6);
        kernels.Write(x, sx);
        kernels.Write(targets, st);
        kernels.Write([2, 0.5f], sw);
        exact.Mean();

        make().Compute(kernels, 2, 3, sx, st, sw, losses, gradient);

        Read(kernels, losses).ShouldBeNear([.. DoubleKernels.Values(exact.Losses).Select(v => (float)v)], 1e-6, "losses");
        Read(kernels, gradient).ShouldBeNear([.. DoubleKernels.Values(exact.Gradient).Select(v => (float)v)], 1e-6, "gradient");
    }

    [Fact]
    public void Values_of_the_formulas_are_those_on_paper()
    {
        Value(new MeanSquaredError(), [1, 5], [0, 2]).ShouldBe(5);
        Value(new MeanAbsoluteError(), [1, 5], [0, 2]).ShouldBe(2);
        Value(new Huber(), [1, 5], [0, 2]).ShouldBe((0.5 + 2.5) / 2);
        Value(new Huber(2), [1, 5], [0, 2]).ShouldBe((0.5 + 4) / 2);
        Value(new BinaryCrossentropy(fromLogits: false), [0.25f, 0.5f], [0, 1]).ShouldBe(-(Math.Log(0.75) + Math.Log(0.5)) / 2, 1e-7);
        Value(new BinaryCrossentropy(), [0, 100], [1, 1]).ShouldBe(Math.Log(2) / 2, 1e-7);
        Value(new BinaryCrossentropy(0.2), [0, 0], [1, 0]).ShouldBe(Math.Log(2), 1e-7);
        Value(new CategoricalCrossentropy(0.5, fromLogits: false), [0.25f, 0.75f], [1, 0]).ShouldBe(-(0.75 * Math.Log(0.25)) - (0.25 * Math.Log(0.75)), 1e-7);

        // The example of Keras' documentation.
        Value(new CategoricalCrossentropy(fromLogits: false), [0.05f, 0.95f, 0], [0, 1, 0]).ShouldBe(0.0513, 1e-4);
        Value(new CategoricalCrossentropy(fromLogits: false), [0.1f, 0.8f, 0.1f], [0, 0, 1]).ShouldBe(2.303, 1e-3);
    }

    [Fact]
    public void Weights_multiply_and_the_mean_divides_by_the_rows()
    {
        using var plain = new Bench(new MeanSquaredError(), Logits, Classes, null);
        using var twice = new Bench(new MeanSquaredError(), Logits, Classes, [2, 2]);
        using var one = new Bench(new MeanSquaredError(), Logits, Classes, [1, 0]);

        twice.Mean().ShouldBe(2 * plain.Mean(), 1e-12);
        one.Mean().ShouldBe(DoubleKernels.Values(plain.Losses)[0] / 2, 1e-12);
        DoubleKernels.Values(one.Gradient)[3..].ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void A_loss_of_the_users_own_is_one_method()
    {
        using var kernels = new CpuKernels(1);
        using Storage x = kernels.Allocate(3), t = kernels.Allocate(3), losses = kernels.Allocate(3), gradient = kernels.Allocate(3);
        kernels.Write([1, 2, 3], x);
        kernels.Write([2, 2, 1], t);

        new UpperQuantile().Compute(kernels, 3, 1, x, t, null, losses, gradient);

        Read(kernels, losses).ShouldBe([0.9f, 0, 0.2f]);
        Read(kernels, gradient).ShouldBe([-0.9f / 3, 0.1f / 3, 0.1f / 3]);
        new UpperQuantile().Absorbs(new Softmax()).ShouldBeFalse();
    }

    [Fact]
    public void A_last_softmax_is_left_out_only_for_losses_from_its_logits()
    {
        new CategoricalCrossentropy().Absorbs(new Softmax()).ShouldBeTrue();
        new CategoricalCrossentropy().Absorbs(new ReLU()).ShouldBeFalse();
        new CategoricalCrossentropy(fromLogits: false).Absorbs(new Softmax()).ShouldBeFalse();
        new BinaryCrossentropy().Absorbs(new Softmax()).ShouldBeFalse();
        new MeanSquaredError().Absorbs(new Softmax()).ShouldBeFalse();
    }

    [Fact]
    public void Bad_parameters_are_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => new CategoricalCrossentropy(1.5)).Message.ShouldContain("CategoricalCrossentropy: labelSmoothing");
        Should.Throw<ArgumentException>(() => new BinaryCrossentropy(-0.1)).Message.ShouldContain("BinaryCrossentropy: labelSmoothing");
        Should.Throw<ArgumentException>(() => new Huber(0)).Message.ShouldContain("Huber: delta");
        Should.Throw<ArgumentException>(() => new ClassWeights(1, double.NaN)).Message.ShouldContain("the weight of class 1 must be 0 or more and finite (was NaN)");
        Should.Throw<ArgumentException>(() => ClassWeights.Balanced([0, 3], 3)).Message.ShouldContain("label 3 of row 1");
        Should.Throw<ArgumentException>(() => new ClassWeights(1, 2).Apply(3, [0, 0, 1], [1])).Message.ShouldContain("has 2 weights");
        Should.Throw<ArgumentException>(() => SampleWeights.Check([1, -2], 2, "Fit")).Message.ShouldContain("Fit: the sample weight of row 1");
        Should.Throw<ArgumentException>(() => SampleWeights.Check([1], 2, "Fit")).Message.ShouldContain("1 sample weights for 2 rows");
    }

    [Fact]
    public void Classes_weigh_their_rows()
    {
        float[] rows = [1, 2, 1];
        new ClassWeights(1, 10, 100).Apply(3, [0, 1, 0, 0, 0, 1, 0.5f, 0.5f, 0], rows);
        rows.ShouldBe([10, 200, 1]);

        float[] binary = [1, 1];
        new ClassWeights(3, 5).Apply(1, [0, 1], binary);
        binary.ShouldBe([3, 5]);

        var balanced = ClassWeights.Balanced([0, 0, 0, 2], 3);
        (balanced[0], balanced[1], balanced[2]).ShouldBe((4 / 9.0, 0, 4 / 3.0));
    }

    private static double Value(Loss loss, float[] x, float[] targets)
    {
        using var kernels = new CpuKernels(1);
        using Storage sx = kernels.Allocate(x.Length), st = kernels.Allocate(x.Length), losses = kernels.Allocate(1), gradient = kernels.Allocate(x.Length);
        kernels.Write(x, sx);
        kernels.Write(targets, st);
        loss.Compute(kernels, 1, x.Length, sx, st, losses, gradient);
        return Read(kernels, losses)[0];
    }

    private static float[] Read(CpuKernels kernels, Storage storage)
    {
        var values = new float[storage.Length];
        kernels.Read(storage, values);
        return values;
    }

    private sealed class UpperQuantile : RowLoss
    {
        protected override double Row(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
        {
            var error = target[0] - prediction[0];
            gradient[0] = error > 0 ? -0.9f : 0.1f;
            return error > 0 ? 0.9 * error : -0.1 * error;
        }
    }

    /// <summary>Two rows of three outputs, in double.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly DoubleKernels _kernels = new();
        private readonly Loss _loss;
        private readonly Storage _x;
        private readonly Storage _targets;
        private readonly Storage? _weights;

        public Bench(Loss loss, float[] x, float[] targets, float[]? weights)
        {
            (_loss, _x, _targets) = (loss, _kernels.Allocate(6), _kernels.Allocate(6));
            (Losses, Gradient) = (_kernels.Allocate(2), _kernels.Allocate(6));
            _kernels.Write(x, _x);
            _kernels.Write(targets, _targets);
            if (weights is null)
                return;
            _weights = _kernels.Allocate(2);
            _kernels.Write(weights, _weights);
        }

        public Storage Losses { get; }

        public Storage Gradient { get; }

        public double Mean()
        {
            _loss.Compute(_kernels, 2, 3, _x, _targets, _weights, Losses, Gradient);
            return DoubleKernels.Values(Losses).Average();
        }

        public double Difference(int i)
        {
            var value = DoubleKernels.Values(_x)[i];
            DoubleKernels.Values(_x)[i] = value + Step;
            var above = Mean();
            DoubleKernels.Values(_x)[i] = value - Step;
            var below = Mean();
            DoubleKernels.Values(_x)[i] = value;
            return (above - below) / (2 * Step);
        }

        public void Dispose() => _kernels.Dispose();
    }
}
