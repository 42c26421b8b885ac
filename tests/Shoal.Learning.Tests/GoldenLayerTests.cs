using System.Text.Json;

namespace Shoal.Learning.Tests;

/// <summary>Every layer against the outputs and gradients of Keras, in tests/data/golden.</summary>
public sealed class GoldenLayerTests
{
    private const double Tolerance = 1e-5;

    // A loss and no layer: GoldenLossTests has it.
    private static readonly string[] ElsewhereCovered = ["crossentropy_from_probabilities"];

    private static readonly SafeTensorsFile File = Golden.Tensors("layers");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kernels in TestKernels.Names)
        {
            foreach (var name in AllCases().Select(c => c.GetProperty("name").GetString()!).Except(ElsewhereCovered))
                cases.Add(name, kernels);
        }

        return cases;
    }

    [Fact]
    public void Every_case_is_run_or_listed_as_not_covered()
    {
        var all = AllCases().Select(c => c.GetProperty("name").GetString()!).ToArray();

        all.Length.ShouldBe(54);
        ElsewhereCovered.ShouldBeSubsetOf(all);
        (all.Length - ElsewhereCovered.Length).ShouldBe(13 + 4 + 12 + 8 + 6 + 3 + 2 + 3 + 2);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_layer_gives_what_Keras_gives(string name, string kernels)
    {
        var @case = AllCases().Single(c => c.GetProperty("name").GetString() == name);

        switch (@case.GetProperty("kind").GetString())
        {
            case "Conv2D":
                var same = @case.GetProperty("padding").GetString() == "same" ? Padding.Same : Padding.Valid;
                CheckLayer(name, kernels, new Conv2D(
                    @case.GetProperty("filters").GetInt32(), Pair(@case, "kernel_size"), Pair(@case, "strides"), same, @case.GetProperty("use_bias").GetBoolean()));
                break;
            case "Dense":
                CheckLayer(name, kernels, new Dense(@case.GetProperty("units").GetInt32(), @case.GetProperty("use_bias").GetBoolean()));
                break;
            case "MaxPooling2D":
                var padding = @case.GetProperty("padding").GetString() == "same" ? Padding.Same : Padding.Valid;
                CheckLayer(name, kernels, new MaxPool(Pair(@case, "pool_size"), Pair(@case, "strides"), padding));
                break;
            case "Embedding":
                GoldenRecurrentTests.CheckEmbedding(File, name, kernels);
                break;
            case "BatchNormalization":
                CheckBatchNorm(name, kernels, @case);
                break;
            case "AveragePooling2D":
                var edge = @case.GetProperty("padding").GetString() == "same" ? Padding.Same : Padding.Valid;
                CheckLayer(name, kernels, new AveragePool(Pair(@case, "pool_size"), Pair(@case, "strides"), edge));
                break;
            case "GlobalAveragePooling2D":
                CheckLayer(name, kernels, new GlobalAveragePool());
                break;
            case "LayerNormalization":
                CheckLayer(name, kernels, new LayerNorm(@case.GetProperty("epsilon").GetDouble()));
                break;
            case "Activation":
                CheckLayer(name, kernels, Activation(@case.GetProperty("function").GetString()!));
                break;
            default:
                CheckLoss(name, kernels);
                break;
        }
    }

    private static void CheckLayer(string name, string kernels, Layer layer)
    {
        var sizes = File.Sizes($"{name}/x");
        using var bench = new LayerBench(layer, new Shape(sizes.AsSpan(1)), sizes[0], TestKernels.Create(kernels));
        foreach (var parameter in layer.Parameters)
        {
            var tensor = $"{name}/{parameter.Name["layer/".Length..]}";
            parameter.Shape.ShouldBe(File.Sizes(tensor));
            parameter.Set(File.Singles(tensor));
        }

        var y = bench.Forward(File.Singles($"{name}/x"), training: true);
        var dx = bench.Backward(File.Singles($"{name}/dy"));

        layer.OutputShape.ShouldBe(File.Sizes($"{name}/y")[1..]);
        y.ShouldBeNear(File.Singles($"{name}/y"), Tolerance, "y");
        dx.ShouldBeNear(File.Singles($"{name}/dx"), Tolerance, "dx");
        foreach (var parameter in layer.Parameters)
        {
            var tensor = $"{name}/d{parameter.Name["layer/".Length..]}";
            parameter.GradientToArray().ShouldBeNear(File.Singles(tensor), Tolerance, tensor);
        }
    }

    private static void CheckBatchNorm(string name, string kernels, JsonElement @case)
    {
        var sizes = File.Sizes($"{name}/x");
        var training = @case.GetProperty("training").GetBoolean();
        var layer = new BatchNorm(@case.GetProperty("momentum").GetDouble(), @case.GetProperty("epsilon").GetDouble(), BatchNormStatistics.Keras);
        using var bench = new LayerBench(layer, new Shape(sizes.AsSpan(1)), sizes[0], TestKernels.Create(kernels));
        foreach (var parameter in (string[])["gamma", "beta", "moving_mean", "moving_variance"])
        {
            var before = $"{name}/{parameter}_before";
            bench.Parameter(parameter).Set(File.Singles(File.Has(before) ? before : $"{name}/{parameter}"));
        }

        var y = bench.Forward(File.Singles($"{name}/x"), training);

        y.ShouldBeNear(File.Singles($"{name}/y"), Tolerance, "y");
        if (training)
        {
            bench.Parameter("moving_mean").ToArray().ShouldBeNear(File.Singles($"{name}/moving_mean_after"), Tolerance, "moving_mean");
            bench.Parameter("moving_variance").ToArray().ShouldBeNear(File.Singles($"{name}/moving_variance_after"), Tolerance, "moving_variance");
        }

        bench.Backward(File.Singles($"{name}/dy"), training).ShouldBeNear(File.Singles($"{name}/dx"), Tolerance, "dx");
        // Channel 0 of batchnorm_00 has variance zero: its gradient is rounding noise of Keras.
        bench.Parameter("gamma").GradientToArray().ShouldBeNear(File.Singles($"{name}/dgamma"), name.StartsWith("batchnorm_00", StringComparison.Ordinal) ? 1e-4 : Tolerance, "dgamma");
        bench.Parameter("beta").GradientToArray().ShouldBeNear(File.Singles($"{name}/dbeta"), Tolerance, "dbeta");
    }

    private static Layer Activation(string function) => function switch
    {
        "relu" => new ReLU(),
        "sigmoid" => new Sigmoid(),
        "tanh" => new Tanh(),
        "softplus" => new Softplus(),
        "elu" => new ELU(),
        "gelu" => new GELU(),
        "gelu_tanh" => new GELU(approximate: true),
        "softmax" => new Softmax(),
        _ => throw new ArgumentException($"There is no layer for \"{function}\"."),
    };

    private static void CheckLoss(string name, string kernels)
    {
        var sizes = File.Sizes($"{name}/logits");
        using var bench = new LayerBench(new Softmax(), [sizes[1]], sizes[0], TestKernels.Create(kernels));
        using var targets = bench.Kernels.Allocate(sizes[0] * sizes[1]);
        using var losses = bench.Kernels.Allocate(sizes[0]);
        bench.Kernels.Write(File.Singles($"{name}/targets"), targets);

        var probabilities = bench.Forward(File.Singles($"{name}/logits"), training: false);
        new CategoricalCrossentropy().Compute(bench.Kernels, sizes[0], sizes[1], bench.X, targets, losses, bench.Dx);

        probabilities.ShouldBeNear(File.Singles($"{name}/probabilities"), Tolerance, "probabilities");
        bench.Read(losses).ShouldBeNear(File.Singles($"{name}/loss_per_row"), Tolerance, "losses");
        bench.Read(bench.Dx).ShouldBeNear(File.Singles($"{name}/dlogits_of_mean_loss"), Tolerance, "dlogits");
    }

    private static Size2D Pair(JsonElement @case, string property) =>
        (@case.GetProperty(property)[0].GetInt32(), @case.GetProperty(property)[1].GetInt32());

    private static JsonElement[] AllCases() => [.. Golden.Json("layers").GetProperty("cases").EnumerateArray()];
}
