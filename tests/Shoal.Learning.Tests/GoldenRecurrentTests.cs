using System.Runtime.InteropServices;
using System.Text.Json;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>LSTM, GRU and Embedding against the outputs and gradients of Keras, in tests/data/golden.</summary>
public sealed class GoldenRecurrentTests
{
    private const double Tolerance = 1e-5;

    private static readonly SafeTensorsFile File = Golden.Tensors("recurrent");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kernels in TestKernels.Names)
        {
            foreach (var @case in AllCases())
                cases.Add(@case.GetProperty("name").GetString()!, kernels);
        }

        return cases;
    }

    [Fact]
    public void There_are_six_cases() => AllCases().Length.ShouldBe(6);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_layer_gives_what_Keras_gives(string name, string kernels)
    {
        var @case = AllCases().Single(c => c.GetProperty("name").GetString() == name);
        var layer = LayerOf(@case);
        var sizes = File.Sizes($"{name}/x");
        using var bench = new LayerBench(layer, [sizes[1], sizes[2]], sizes[0], TestKernels.Create(kernels));
        foreach (var parameter in layer.Parameters)
        {
            var tensor = $"{name}/{parameter.Name["layer/".Length..]}";
            parameter.Shape.ShouldBe(File.Sizes(tensor));
            parameter.Set(File.Singles(tensor));
        }

        using var mask = @case.GetProperty("masked").GetBoolean() ? Mask(bench.Kernels, Whole(File, $"{name}/lengths"), sizes[1]) : null;
        Storage[] inputs = mask is null ? [bench.X] : [bench.X, mask];
        Storage?[] gradients = mask is null ? [bench.Dx] : [bench.Dx, null];
        var pass = new Pass(sizes[0], Training: true);
        bench.Kernels.Write(File.Singles($"{name}/x"), bench.X);
        bench.Kernels.Write(File.Singles($"{name}/dy"), bench.Dy);

        layer.Forward(new Pass(sizes[0]), inputs, bench.Y);
        var predicted = bench.Read(bench.Y);
        layer.Forward(pass, inputs, bench.Y);
        layer.Backward(pass, inputs, bench.Y, bench.Dy, gradients);

        layer.OutputShape.ShouldBe(File.Sizes($"{name}/y")[1..]);
        predicted.ShouldBeNear(File.Singles($"{name}/y"), Tolerance, "y in prediction");
        bench.Read(bench.Y).ShouldBe(predicted);
        bench.Read(bench.Dx).ShouldBeNear(File.Singles($"{name}/dx"), Tolerance, "dx");
        foreach (var parameter in layer.Parameters)
        {
            var tensor = $"{name}/d{parameter.Name["layer/".Length..]}";
            parameter.GradientToArray().ShouldBeNear(File.Singles(tensor), Tolerance, tensor);
        }
    }

    /// <summary>A case of the file of layers.</summary>
    internal static void CheckEmbedding(SafeTensorsFile file, string name, string kernels)
    {
        var ids = Whole(file, $"{name}/x");
        var rows = file.Sizes($"{name}/x")[0];
        var table = file.Sizes($"{name}/embeddings");
        var layer = new Embedding(table[0], table[1]);
        using var bench = new LayerBench(layer, [ids.Length / rows], rows, TestKernels.Create(kernels));
        bench.Parameter("embeddings").Shape.ShouldBe(table);
        bench.Parameter("embeddings").Set(file.Singles($"{name}/embeddings"));

        var y = bench.Forward(ids, training: true);
        bench.Backward(file.Singles($"{name}/dy"));

        y.ShouldBe(file.Singles($"{name}/y"));
        bench.Parameter("embeddings").GradientToArray().ShouldBeNear(file.Singles($"{name}/dembeddings"), Tolerance, "dembeddings");
    }

    private static RecurrentLayer LayerOf(JsonElement @case)
    {
        var options = @case.GetProperty("options");
        var units = options.GetProperty("units").GetInt32();
        var sequences = options.TryGetProperty("return_sequences", out var value) && value.GetBoolean();
        var resetAfter = !options.TryGetProperty("reset_after", out var after) || after.GetBoolean();
        return @case.GetProperty("layer").GetString() == "lstm" ? new LSTM(units, sequences) : new GRU(units, sequences, resetAfter: resetAfter);
    }

    private static Storage Mask(IKernels kernels, float[] lengths, int steps)
    {
        var mask = kernels.Allocate(lengths.Length * steps);
        kernels.Write([.. Enumerable.Range(0, mask.Length).Select(i => i % steps < lengths[i / steps] ? 1f : 0f)], mask);
        return mask;
    }

    private static float[] Whole(SafeTensorsFile file, string name)
    {
        file.Tensors[name].Type.ShouldBe(TensorType.I32);
        return [.. MemoryMarshal.Cast<byte, int>(file.Tensors[name].Data.Span).ToArray().Select(value => (float)value)];
    }

    private static JsonElement[] AllCases() => [.. Golden.Json("recurrent").GetProperty("cases").EnumerateArray()];
}
