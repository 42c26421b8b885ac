namespace Shoal.Learning.Tests;

/// <summary>The contract of every layer: its gradients are those of finite differences, in double.</summary>
public sealed class LayerGradientTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Layers => [.. Makers.Keys];

    private static Dictionary<string, (Func<Layer> Make, Shape Input)> Makers { get; } = new()
    {
        ["Dense"] = (() => new Dense(5), [7]),
        ["Dense without bias"] = (() => new Dense(3, useBias: false), [4]),
        ["Conv2D"] = (() => new Conv2D(4, 3), [6, 5, 2]),
        ["Conv2D with strides, padded"] = (() => new Conv2D(3, (3, 2), (2, 1), Padding.Same, useBias: false), [5, 4, 2]),
        ["BatchNorm of images"] = (() => new BatchNorm(), [3, 4, 2]),
        ["BatchNorm of vectors"] = (() => new BatchNorm(epsilon: 1e-5), [6]),
        ["ReLU"] = (() => new ReLU(), [3, 4]),
        ["MaxPool"] = (() => new MaxPool(2), [5, 6, 3]),
        ["MaxPool, windows overlap"] = (() => new MaxPool(3, 2, Padding.Same), [5, 5, 2]),
        ["Flatten"] = (() => new Flatten(), [2, 3, 2]),
        ["LSTM"] = (() => new LSTM(5), [4, 3]),
        ["LSTM, sequences, backwards"] = (() => new LSTM(3, returnSequences: true, goBackwards: true), [3, 2]),
        ["GRU"] = (() => new GRU(5), [4, 3]),
        ["GRU, reset before, sequences"] = (() => new GRU(3, returnSequences: true, resetAfter: false), [3, 2]),
        ["Dropout"] = (() => new Dropout(0.4), [11]),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        var (make, input) = Makers[name];
        using var bench = new LayerBench(make(), input, rows: 4, new DoubleKernels());
        bench.Kernels.Write(Toy.Uniform(4 * input.Size, seed: 5), bench.X);
        var dy = Toy.Uniform(bench.Y.Length, seed: 6);
        foreach (var parameter in bench.Layer.Parameters.Where(p => p.Trainable))
            parameter.Set(Toy.Uniform(parameter.Shape.Size, seed: 7));

        Forward();
        bench.Backward(dy);

        ShouldBeDifferences(DoubleKernels.Values(bench.X), DoubleKernels.Values(bench.Dx), "x");
        foreach (var parameter in bench.Layer.Parameters.Where(p => p.Trainable))
            ShouldBeDifferences(DoubleKernels.Values(parameter.Value), DoubleKernels.Values(parameter.Gradient!), parameter.Name);

        void Forward() => bench.Layer.Forward(new(bench.Rows, Training: true), bench.X, bench.Y);

        double Objective()
        {
            Forward();
            return DoubleKernels.Values(bench.Y).Zip(dy, (y, d) => y * d).Sum();
        }

        void ShouldBeDifferences(double[] values, double[] gradient, string what)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                values[i] = value + Step;
                var above = Objective();
                values[i] = value - Step;
                var below = Objective();
                values[i] = value;
                gradient[i].ShouldBe((above - below) / (2 * Step), 1e-7, $"{what}[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void In_place_gives_the_same_as_apart(string name)
    {
        var (make, input) = Makers[name];
        using var apart = new LayerBench(make(), input, rows: 3, new DoubleKernels());
        using var over = new LayerBench(make(), input, rows: 3, new DoubleKernels());
        var x = Toy.Uniform(3 * input.Size, seed: 8);
        var dy = Toy.Uniform(apart.Y.Length, seed: 9);
        var pass = new Pass(3, Training: true);

        var y = apart.Forward(x, training: true);
        var dx = apart.Backward(dy);
        over.Forward(x, training: true);

        if (over.Layer.BackwardInPlace)
        {
            over.Kernels.Write(dy, over.Dy);
            over.Layer.Backward(pass, over.X, over.Y, over.Dy, over.Dy);
            over.Read(over.Dy).ShouldBe(dx);
        }

        if (over.Layer.ForwardInPlace)
        {
            over.Kernels.Write(x, over.X);
            over.Layer.Forward(pass, over.X, over.X);
            over.Read(over.X).ShouldBe(y);
        }

        (over.Layer.BackwardInPlace || !over.Layer.ForwardInPlace).ShouldBeTrue();
    }
}
