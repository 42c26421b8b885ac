namespace Shoal.Learning.Tests;

/// <summary>Graphs of other programs give ONNX Runtime's outputs.</summary>
public sealed class OnnxGoldenTests
{
    public static TheoryData<string> Graphs => [.. Golden.Json("onnx").GetProperty("graphs").EnumerateArray().Select(graph => graph.GetProperty("file").GetString()!)];

    internal static string PathOf(string file) => Path.Combine(Golden.Root, "tests", "data", "golden", file);

    [Theory]
    [MemberData(nameof(Graphs))]
    public void A_golden_graph_gives_the_outputs_of_onnx_runtime(string file)
    {
        var expected = Golden.Tensors(Path.GetFileNameWithoutExtension(file));
        using var model = OnnxModel.Load(PathOf(file), new() { Threads = 1 });
        var x = OnnxTensor.Create(expected.Sizes("x"), expected.Singles("x"));

        var outputs = model.Run(new() { [model.Inputs[0].Name] = x });

        outputs.Keys.ShouldBe(model.Outputs.Select(output => output.Name));
        foreach (var (name, y) in outputs)
        {
            y.Shape.ShouldBe(expected.Sizes(name));
            ShouldBeClose(y.ToArray<float>(), expected.Singles(name), file);
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void The_bits_do_not_depend_on_threads_or_on_what_ran_before(string file)
    {
        var expected = Golden.Tensors(Path.GetFileNameWithoutExtension(file));
        using var one = OnnxModel.Load(PathOf(file), new() { Threads = 1 });
        using var three = OnnxModel.Load(PathOf(file), new() { Threads = 3 });
        var x = OnnxTensor.Create(expected.Sizes("x"), expected.Singles("x"));
        var input = one.Inputs[0].Name;

        var first = Bits(one.Run(new() { [input] = x }));
        var again = Bits(one.Run(new() { [input] = x }));
        var other = Bits(three.Run(new() { [input] = x }));

        again.ShouldBe(first);
        other.ShouldBe(first);

        static int[] Bits(IReadOnlyDictionary<string, OnnxTensor> outputs) => Array.ConvertAll(outputs.Values.Single().ToArray<float>(), BitConverter.SingleToInt32Bits);
    }

    [Fact]
    public void A_model_tells_its_inputs_and_outputs()
    {
        using var model = OnnxModel.Load(PathOf("cnn.onnx"), new() { Threads = 1 });

        model.Producer.ShouldBe("onnx.helper");
        model.Inputs.ShouldHaveSingleItem().ToString().ShouldBe("image: F32 (N, 28, 28, 1)");
        model.Outputs.ShouldHaveSingleItem().ToString().ShouldBe("probabilities: F32 (N, 10)");
    }

    [Fact]
    public void What_the_page_shows_works()
    {
        var pixels = Golden.Tensors("cnn").Singles("x")[..784];
        var path = PathOf("cnn.onnx");

        using var model = OnnxModel.Load(path);
        var outputs = model.Run(new() { ["image"] = OnnxTensor.Create([1, 28, 28, 1], pixels) });
        var probabilities = outputs["probabilities"].ToArray<float>();

        probabilities.Sum().ShouldBe(1, 1e-5);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_all_named_before_anything_runs()
    {
        using var model = OnnxModel.Load(PathOf("cnn.onnx"), new() { Threads = 1 });

        Should.Throw<ArgumentException>(() => model.Run(new() { ["pixels"] = OnnxTensor.Create<float>([1], [0f]) })).Message.ShouldBe(
            "OnnxModel.Run: the inputs do not fit cnn.onnx: image: F32 (N, 28, 28, 1) is missing; there is no input pixels.");
        Should.Throw<ArgumentException>(() => model.Run(new() { ["image"] = OnnxTensor.Create<float>([1, 28, 28], new float[784]) })).Message.ShouldBe(
            "OnnxModel.Run: the inputs do not fit cnn.onnx: image is F32 (1, 28, 28), expected image: F32 (N, 28, 28, 1).");
    }

    [Fact]
    public void A_run_that_needs_too_much_memory_names_its_node()
    {
        using var model = OnnxModel.Load(PathOf("cnn.onnx"), new() { Threads = 1, MemoryLimit = 400_000 });

        var error = Should.Throw<ModelFileException>(() => model.Run(new() { ["image"] = OnnxTensor.Create<float>([16, 28, 28, 1], new float[16 * 784]) }));

        error.Message.ShouldContain("(Conv) would make a tensor of shape (16, 32, 26, 26)");
        error.Message.ShouldContain("OnnxOptions.MemoryLimit");
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        var model = OnnxModel.Load(PathOf("mlp.onnx"), new() { Threads = 1 });
        model.Dispose();
        model.Dispose();

        Should.Throw<ObjectDisposedException>(() => model.Run(new() { ["x"] = OnnxTensor.Create<float>([1, 20], new float[20]) }));
    }

    private static void ShouldBeClose(float[] actual, float[] expected, string what)
    {
        for (var i = 0; i < expected.Length; i++)
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(1e-5f * Math.Max(1, Math.Abs(expected[i])), $"{what}[{i}]");
    }
}
