using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>What the executor does on its own account: orders, followers, widths and memory change no result.</summary>
public sealed class OnnxExecutionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    private string ModelPath => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>With one group the kernels do it on the way; with two the nodes run one after another; a second reader keeps them apart.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    public void A_convolution_that_does_what_is_behind_it_gives_what_the_nodes_give(int groups, int pad)
    {
        var x = Random(1, 3, 4, 7, 5);
        Save(whole: true);
        using var together = OnnxModel.Load(ModelPath, new() { Threads = 1 });
        var y = together.Run(new() { ["x"] = x })["relu"].ToArray<float>();
        Save(whole: false);
        using var apart = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        var steps = apart.Run(new() { ["x"] = x });

        var expected = steps["relu"].ToArray<float>();
        expected.ShouldContain(0f);
        for (var i = 0; i < y.Length; i++)
            y[i].ShouldBe(expected[i], 2e-6 * Math.Max(1, Math.Abs(expected[i])));
        steps["conv"].Shape.ShouldBe([3, 6, (7 + (2 * pad) - 3) / 2 + 1, (5 + (2 * pad) - 3) / 2 + 1]);

        void Save(bool whole)
        {
            var writer = new OnnxWriter("block");
            writer.Input("x", TensorType.F32, new(null, "N"), new(4, null), new(7, null), new(5, null));
            writer.Initializer("w", Random(2, 6, 4 / groups, 3, 3));
            foreach (var (name, seed) in new[] { ("b", 3UL), ("gamma", 4UL), ("beta", 5UL), ("mean", 6UL) })
                writer.Initializer(name, Random(seed, 6));
            writer.Initializer("variance", OnnxTensor.Create<float>([6], [0.5f, 1, 2, 0.25f, 3, 1.5f]));
            writer.Node(
                "Conv", ["x", "w", "b"], ["conv"], OnnxAttribute.Of("group", (long)groups), OnnxAttribute.Of("strides", 2L, 2L),
                OnnxAttribute.Of("pads", pad, pad, pad, (long)pad));
            writer.Node("BatchNormalization", ["conv", "gamma", "beta", "mean", "variance"], ["norm"], OnnxAttribute.Of("epsilon", 1e-3f));
            writer.Node("Relu", ["norm"], ["relu"]);
            writer.Output("relu", TensorType.F32);
            if (!whole)
            {
                writer.Output("conv", TensorType.F32);
                writer.Output("norm", TensorType.F32);
            }

            writer.Save(ModelPath);
        }
    }

    [Fact]
    public void Who_does_not_know_images_that_lie_channels_last_gets_them_row_major()
    {
        var writer = new OnnxWriter("mixed");
        writer.Input("x", TensorType.F32, new(2, null), new(3, null), new(4, null), new(4, null));
        writer.Initializer("w", Random(2, 5, 3, 1, 1));
        writer.Initializer("shape", OnnxTensor.Create<long>([2], [2, -1]));
        writer.Node("Conv", ["x", "w"], ["y"]);
        writer.Node("Tanh", ["y"], ["t"]);
        writer.Node("Add", ["t", "y"], ["sum"]);
        writer.Node("Concat", ["sum", "y"], ["both"], OnnxAttribute.Of("axis", 1L));
        writer.Node("Reshape", ["both", "shape"], ["flat"]);
        writer.Output("y", TensorType.F32);
        writer.Output("flat", TensorType.F32);
        writer.Save(ModelPath);
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        var outputs = model.Run(new() { ["x"] = Random(1, 2, 3, 4, 4) });

        var y = outputs["y"].ToArray<float>();
        float[] Sum(float[] values) => Array.ConvertAll(values, v => Shoal.Numerics.SpecialFunctions.Tanh(v) + v);
        outputs["flat"].Shape.ShouldBe([2, 160]);
        outputs["flat"].ToArray<float>().ShouldBe([.. Sum(y[..80]), .. y[..80], .. Sum(y[80..]), .. y[80..]]);
    }

    [Fact]
    public void What_nobody_reads_any_more_is_freed()
    {
        var writer = new OnnxWriter("chain");
        writer.Input("v0", TensorType.F32, new OnnxDimension(null, "N"));
        for (var i = 0; i < 50; i++)
            writer.Node("Neg", [$"v{i}"], [$"v{i + 1}"]);
        writer.Output("v50", TensorType.F32);
        writer.Save(ModelPath);
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1, MemoryLimit = 2 * 4000 });

        model.Predict(Random(1, 1000)).Values<float>()[7].ShouldBe(Random(1, 1000).Values<float>()[7]);
        Should.Throw<ModelFileException>(() => model.Predict(Random(1, 1001))).Message.ShouldContain("\"Neg_0\" (Neg) would make a tensor of shape (1001)");
    }

    [Fact]
    public void A_run_that_failed_leaves_the_model_ready()
    {
        var writer = new OnnxWriter("block");
        writer.Input("x", TensorType.F32, new(null, "N"), new(2, null), new(6, null), new(6, null));
        writer.Input("shape", TensorType.I64, new OnnxDimension(2, null));
        writer.Initializer("w", Random(2, 4, 2, 3, 3));
        writer.Node("Conv", ["x", "w"], ["c"]);
        writer.Node("MaxPool", ["c"], ["p"], OnnxAttribute.Of("kernel_shape", 2L, 2L), OnnxAttribute.Of("strides", 2L, 2L));
        writer.Node("Reshape", ["p", "shape"], ["y"]);
        writer.Output("y", TensorType.F32);
        writer.Save(ModelPath);
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });
        var x = Random(1, 3, 2, 6, 6);
        float[] Run(params long[] shape) => model.Run(new() { ["x"] = x, ["shape"] = OnnxTensor.Create<long>([2], shape) })["y"].ToArray<float>();

        var first = Run(3, 16);
        Should.Throw<ModelFileException>(() => Run(5, 7)).Message.ShouldContain("cannot make the shape (5, 7) of (3, 4, 2, 2)");
        var again = Run(48, 1);

        again.ShouldBe(first);
    }

    [Theory]
    [InlineData("mlp.onnx")]
    [InlineData("resblock.onnx")]
    public void The_bits_do_not_depend_on_the_vector_width(string file)
    {
        var x = Golden.Tensors(Path.GetFileNameWithoutExtension(file));
        var results = new[] { VectorWidth.Scalar, VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512 }.Select(width =>
        {
            using var kernels = new CpuKernels(threads: 1, width);
            using var model = OnnxModel.Load(OnnxGoldenTests.PathOf(file), new() { Kernels = kernels });
            return Array.ConvertAll(model.Predict(OnnxTensor.Create(x.Sizes("x"), x.Singles("x"))).ToArray<float>(), BitConverter.SingleToInt32Bits);
        }).ToArray();

        foreach (var result in results)
            result.ShouldBe(results[0]);
    }

    [Fact]
    public void Runs_from_several_threads_take_turns()
    {
        using var model = OnnxModel.Load(OnnxGoldenTests.PathOf("mlp.onnx"), new() { Threads = 2 });
        var inputs = Enumerable.Range(0, 16).Select(i => Random((ulong)i, 9, 20)).ToArray();
        var alone = inputs.Select(x => model.Predict(x).ToArray<float>()).ToArray();
        var together = new float[inputs.Length][];

        Parallel.For(0, inputs.Length, i => together[i] = model.Predict(inputs[i]).ToArray<float>());

        for (var i = 0; i < inputs.Length; i++)
            together[i].ShouldBe(alone[i]);
    }

    [Fact]
    public void A_run_that_is_cancelled_stops()
    {
        using var model = OnnxModel.Load(OnnxGoldenTests.PathOf("mlp.onnx"), new() { Threads = 1 });

        Should.Throw<OperationCanceledException>(() => model.Predict(Random(1, 1, 20), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_model_with_several_outputs_is_not_run_by_a_single_tensor()
    {
        var writer = new OnnxWriter("two");
        writer.Input("x", TensorType.F32);
        writer.Node("Relu", ["x"], ["y"]);
        writer.Output("y", TensorType.F32);
        writer.Output("x", TensorType.F32);
        writer.Save(ModelPath);
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        Should.Throw<InvalidOperationException>(() => model.Predict(OnnxTensor.Create<float>([], [1f]))).Message.ShouldBe(
            "OnnxModel.Predict: model.onnx has 1 inputs and 2 outputs. Give the inputs by name to Run.");
    }

    [Fact]
    public void A_tensor_refuses_a_shape_that_its_values_do_not_fill_and_another_type()
    {
        Should.Throw<ArgumentException>(() => OnnxTensor.Create<float>([2, 3], new float[5])).Message.ShouldContain("shape (2, 3) does not hold 5 values");
        Should.Throw<ArgumentException>(() => OnnxTensor.Create<char>([1], ['a'])).Message.ShouldContain("Char is no type of tensors");
        Should.Throw<InvalidOperationException>(() => OnnxTensor.Create<float>([1], [1f]).ToArray<int>()).Message.ShouldBe("The tensor is F32, not Int32.");
    }

    private static OnnxTensor Random(ulong seed, params int[] sizes) => OnnxTensor.Create<float>(
        sizes, [.. Enumerable.Range(0, (int)OnnxTensor.CountOf(sizes)).Select(i => Philox.ToSingle(Philox.Draw(seed, (ulong)i, 0).Item1) - 0.5f)]);
}
