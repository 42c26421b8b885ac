using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>A model that is written as ONNX and read again predicts the same.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public static TheoryData<string> Cases => [.. OnnxExportCase.All.Keys];

    private string File => Path.Combine(_folder, "model.onnx");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_predicts_the_same_as_its_onnx_file(string name)
    {
        var export = OnnxExportCase.All[name];
        using var model = export.Make();
        var inputs = export.InputsFor(model);
        var expected = model.Predict([.. inputs.Select(x => (ReadOnlyMemory<float>)x)]);

        model.SaveOnnx(File);

        using var read = OnnxModel.Load(File, new() { Threads = 1 });
        read.Inputs.Select(input => $"{input}").ShouldBe(model.Inputs.Select(input => $"{input.Name}: F32 (N, {string.Join(", ", input.Shape)})"));
        read.Outputs.Select(output => $"{output}").ShouldBe(model.OutputNames.Zip(model.OutputShapes, (output, shape) => $"{output}: F32 (N, {string.Join(", ", shape)})"));
        var outputs = read.Run(model.Inputs.Select((input, i) => (input.Name, Rows(input.Shape, inputs[i]))).ToDictionary(pair => pair.Name, pair => pair.Item2));
        for (var i = 0; i < expected.Length; i++)
            ShouldBeClose(outputs[model.OutputNames[i]].ToArray<float>(), expected[i], model.OutputNames[i]);
    }

    [Theory]
    [InlineData("Convolutions in a row", 2)]
    [InlineData("Images come out", 2)]
    [InlineData("Digits", 2)]
    [InlineData("Residual block", 1)]
    [InlineData("Dense", 0)]
    public void Images_are_turned_no_more_often_than_they_must(string name, int times)
    {
        using var model = OnnxExportCase.All[name].Make();

        model.SaveOnnx(File);

        ModelReader.Read(OnnxFile.Read(File)).Nodes.Count(node => node.OpType == "Transpose").ShouldBe(times);
    }

    [Fact]
    public void Dropout_is_left_out_and_values_are_called_after_their_layers()
    {
        using var model = new Sequential([4], [new Dense(3), new Dropout(0.5), new ReLU(), new Dense(2, useBias: false, name: "scores")], new() { Threads = 1 });

        model.SaveOnnx(File);

        var graph = ModelReader.Read(OnnxFile.Read(File));
        graph.Producer.ShouldBe("Shoal");
        graph.Opsets[""].ShouldBe(15);
        graph.Nodes.Select(node => $"{node.OpType}({string.Join(", ", node.Inputs)}) = {string.Join(", ", node.Outputs)}").ShouldBe(
            ["Gemm(input, dense/kernel, dense/bias) = dense/Gemm", "Relu(dense/Gemm) = re_lu/Relu", "MatMul(re_lu/Relu, scores/kernel) = scores"]);
    }

    [Fact]
    public void Layers_of_ones_own_are_refused_all_at_once_and_no_file_is_touched()
    {
        using var model = new Sequential([3], [new Twice(), new Dense(2), new Twice("again"), new ReLU()], new() { Threads = 1 });
        System.IO.File.WriteAllText(File, "old");

        Should.Throw<InvalidOperationException>(() => model.SaveOnnx(File)).Message.ShouldBe(
            "Model.SaveOnnx: no form in ONNX is known for Twice \"twice\", Twice \"again\". "
            + "Build the model of Shoal's own layers instead, end it before such a layer, or save it with Model.Save.");

        Directory.GetFiles(_folder).ShouldBe([File]);
        System.IO.File.ReadAllText(File).ShouldBe("old");
    }

    [Fact]
    public void An_output_that_is_called_like_an_input_is_refused()
    {
        var x = new Input("x", [3]);
        using var model = new Model([x], [x.Then(new Dense(2, name: "x"))], new() { Threads = 1 });

        Should.Throw<InvalidOperationException>(() => model.SaveOnnx(File)).Message.ShouldContain("both called \"x\"");
    }

    [Fact]
    public void A_file_that_no_reader_would_take_is_not_written()
    {
        var writer = new OnnxWriter("large");
        var tensor = OnnxTensor.Create([1 << 24], new float[1 << 24]);
        for (var i = 0; i < 32; i++)
            writer.Initializer($"same{i}", tensor);

        Should.Throw<ModelFileException>(() => writer.Save(File)).Message.ShouldContain("an ONNX file can have 2147483647 at most. Save the model with Model.Save");

        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_place_that_cannot_be_written_and_a_disposed_model_say_so()
    {
        var model = new Sequential([3], [new Dense(2)], new() { Threads = 1 });

        Should.Throw<ModelFileException>(() => model.SaveOnnx(_folder)).Message.ShouldContain("is a folder");
        Should.Throw<ModelFileException>(() => model.SaveOnnx(Path.Combine(_folder, "none", "model.onnx"))).Message.ShouldContain("There is no folder");
        model.Dispose();
        Should.Throw<ObjectDisposedException>(() => model.SaveOnnx(File));
    }

    [Fact]
    public void What_the_page_shows_of_export_works()
    {
        var path = File;
        using var model = new Sequential([28, 28, 1], [new Conv2D(4, 3), new ReLU(), new Flatten(), new Dense(10), new Softmax(name: "probabilities")]);

        model.SaveOnnx(path);
        using var read = OnnxModel.Load(path);
        Console.WriteLine($"{read.Inputs[0]} → {read.Outputs[0]}");   // input: F32 (N, 28, 28, 1) → probabilities: F32 (N, 10)

        $"{read.Inputs[0]} → {read.Outputs[0]}".ShouldBe("input: F32 (N, 28, 28, 1) → probabilities: F32 (N, 10)");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static OnnxTensor Rows(Shape shape, float[] values) => OnnxTensor.Create([values.Length / shape.Size, .. shape], values);

    internal static void ShouldBeClose(float[] actual, float[] expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < expected.Length; i++)
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(1e-5f * Math.Max(1, Math.Abs(expected[i])), $"{what}[{i}]: {actual[i]} instead of {expected[i]}");
    }

    /// <summary>A layer that somebody wrote without knowing of ONNX.</summary>
    private sealed class Twice(string? name = null) : Layer("Twice", name)
    {
        public override LayerPlan Plan(Shape input) => new(input);

        public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.Add(pass.Rows * InputShape.Size, x, x, y);

        public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
        {
            if (dx is not null)
                Kernels.Add(pass.Rows * InputShape.Size, dy, dy, dx);
        }
    }
}
