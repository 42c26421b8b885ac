using Shoal.Learning.Onnx;

namespace Shoal.Learning.Tests;

/// <summary>What the reader takes, and what it refuses in one line that names file, place and next step.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public static TheoryData<string> OutsideTheFolder => ["../secret", "/etc/passwd", "a/../../secret", "..", "", "data//x", "C:\\secret", "link/x"];

    private string ModelPath => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_the_writer_writes_is_read_back()
    {
        var weights = OnnxTensor.Create<float>([2, 3], [1, 2, 3, 4, 5, 6]);
        var flags = OnnxTensor.Create<bool>([2], [true, false]);
        var writer = new OnnxWriter("small");
        writer.Input("x", TensorType.F32, new(null, "N"), new(2, null));
        writer.Initializer("weights", weights);
        writer.Initializer("shift", OnnxTensor.Create<double>([1], [0.5]));
        writer.Node(
            "Gemm", ["x", "weights", ""], ["y"], OnnxAttribute.Of("alpha", 2f), OnnxAttribute.Of("transB", 0L), OnnxAttribute.Of("list", 1L, -2L),
            OnnxAttribute.Of("reals", 0.5f, -1f), OnnxAttribute.Of("text", "zwölf"), OnnxAttribute.Of("flags", flags));
        writer.Output("y", TensorType.F32, new(null, "N"), new(3, null));
        writer.Save(ModelPath);

        var read = ModelReader.Read(OnnxFile.Read(ModelPath));

        read.Producer.ShouldBe("Shoal");
        read.Opsets.ShouldBe(new Dictionary<string, long> { [""] = 15 });
        read.Inputs.ShouldHaveSingleItem().ToString().ShouldBe("x: F32 (N, 2)");
        read.Outputs.ShouldHaveSingleItem().ToString().ShouldBe("y: F32 (N, 3)");
        read.Initializers["weights"].ToArray<float>().ShouldBe([1, 2, 3, 4, 5, 6]);
        read.Initializers["shift"].ToArray<double>().ShouldBe([0.5]);
        var node = read.Nodes.ShouldHaveSingleItem();
        node.Inputs.ShouldBe(["x", "weights", ""]);
        node.Attributes.Select(a => a.Name).ShouldBe(["alpha", "transB", "list", "reals", "text", "flags"]);
        (node.Attributes[0].Single, node.Attributes[1].Integer, node.Attributes[4].Text).ShouldBe((2f, 0L, "zwölf"));
        node.Attributes[2].Integers.ShouldBe([1, -2]);
        node.Attributes[3].Singles.ShouldBe([0.5f, -1]);
        node.Attributes[5].Tensor!.ToArray<bool>().ShouldBe([true, false]);
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });
        model.Run(new() { ["x"] = OnnxTensor.Create<float>([1, 2], [10, 1]) })["y"].ToArray<float>().ShouldBe([28, 50, 72]);
    }

    [Fact]
    public void The_writer_refuses_values_that_are_not_there_or_there_already()
    {
        var writer = new OnnxWriter("wrong");
        writer.Input("x", TensorType.F32);

        Should.Throw<ArgumentException>(() => writer.Node("Relu", ["z"], ["y"])).Message.ShouldContain("Relu needs the value \"z\"");
        Should.Throw<ArgumentException>(() => writer.Node("Relu", ["x"], ["x"])).Message.ShouldContain("\"x\" is there already");
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(10, 11)]
    public void Floats_are_read_from_the_fields_of_their_own(int field, int type)
    {
        var size = field == 4 ? 4 : 8;
        var packed = new ProtoWriter();
        packed.Integer(1, 2);
        packed.Integer(2, type);
        packed.Bytes(field, size == 4 ? new byte[] { 0, 0, 128, 63, 0, 0, 0, 64 } : [.. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(2.0)]);

        var tensor = Read(packed);

        (size == 4 ? tensor.ToArray<float>().Select(v => (double)v) : tensor.ToArray<double>()).ShouldBe([1, 2]);
    }

    [Fact]
    public void Floats_may_stand_one_by_one()
    {
        var writer = new ProtoWriter();
        writer.Single(4, 1.5f);
        writer.Single(4, -2);
        writer.Integer(2, 1);
        writer.Integer(1, 2);

        Read(writer).ToArray<float>().ShouldBe([1.5f, -2]);
    }

    [Theory]
    [InlineData(5, 6, "I32")]
    [InlineData(5, 9, "BOOL")]
    [InlineData(5, 3, "I8")]
    [InlineData(5, 10, "F16")]
    [InlineData(7, 7, "I64")]
    [InlineData(11, 13, "U64")]
    public void Integers_are_read_packed_and_one_by_one(int field, int type, string name)
    {
        var (single, packed) = (new ProtoWriter(), new ProtoWriter());
        foreach (var writer in new[] { single, packed })
        {
            writer.Integer(1, 3);
            writer.Integer(2, type);
        }

        foreach (var value in new long[] { 1, 0, 1 })
            single.Integer(field, value);
        packed.Bytes(field, new byte[] { 1, 0, 1 });

        Read(single).Type.ToString().ShouldBe(name);
        Read(single).Bytes.ToArray().ShouldBe(Read(packed).Bytes.ToArray());
        Read(single).Bytes[0].ShouldBe((byte)1);
    }

    [Fact]
    public void Negative_integers_keep_their_sign()
    {
        var writer = new ProtoWriter();
        writer.Integer(1, 2);
        writer.Integer(2, 6);
        writer.Integer(5, -7);
        writer.Integer(5, int.MinValue);

        Read(writer).ToArray<int>().ShouldBe([-7, int.MinValue]);
    }

    [Fact]
    public void A_tensor_that_claims_more_than_the_file_holds_is_refused_before_memory_is_taken()
    {
        var writer = new ProtoWriter();
        writer.Integer(1, 20_000);
        writer.Integer(1, 10_000);
        writer.Integer(2, 11);
        writer.Bytes(10, new byte[16]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Should.Throw<ModelFileException>(() => Read(writer));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
        error.Message.ShouldContain("16 bytes");
        error.Message.ShouldContain("1600000000");
    }

    [Fact]
    public void Operators_that_are_unknown_are_named_all_at_once()
    {
        Save(("Whirl", ["x"], ["a"]), ("Relu", ["a"], ["b"]), ("Swirl", ["b"], ["c"]), ("Whirl", ["c"], ["y"]));

        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldBe(
            $"{ModelPath}: it has operators that are not known in opset 15: Swirl (1 time, first node 2 \"Swirl_2\" (Swirl)), "
            + "Whirl (2 times, first node 0 \"Whirl_0\" (Whirl)). docs/onnx.md lists those that are: export the model without the others.");
    }

    [Fact]
    public void Nodes_may_stand_in_any_order()
    {
        SaveRaw(("Relu", ["a"], ["y"]), ("Neg", ["x"], ["a"]));

        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        model.Run(new() { ["x"] = OnnxTensor.Create<float>([2], [1, -2]) })["y"].ToArray<float>().ShouldBe([0, 2]);
    }

    [Fact]
    public void A_cycle_is_refused_by_a_node_in_it()
    {
        SaveRaw(("Add", ["x", "b"], ["a"]), ("Relu", ["a"], ["b"]), ("Relu", ["b"], ["y"]));

        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldContain("its graph has a cycle: node 0 (Add)");
    }

    [Fact]
    public void A_value_that_is_made_twice_or_never_is_named()
    {
        SaveRaw(("Relu", ["x"], ["y"]), ("Neg", ["x"], ["y"]));
        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldContain("the value \"y\" is made twice, by node 1 (Neg)");

        SaveRaw(("Relu", ["z"], ["y"]));
        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldContain("node 0 (Relu) needs the value \"z\", which nothing makes");
    }

    [Fact]
    public void What_a_node_cannot_work_on_is_told_with_its_place_and_the_shapes()
    {
        Save(("MatMul", ["x", "x"], ["y"]));
        using var model = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        var error = Should.Throw<ModelFileException>(() => model.Run(new() { ["x"] = OnnxTensor.Create<float>([2, 3], new float[6]) }));

        error.Message.ShouldBe(
            $"{ModelPath}: node 0 \"MatMul_0\" (MatMul) cannot multiply (2, 3) by (2, 3). Check the inputs' shapes, or export the model again.");
    }

    [Theory]
    [MemberData(nameof(OutsideTheFolder))]
    public void External_data_outside_the_folder_are_refused(string location)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "/");

        Should.Throw<ModelFileException>(() => External(location, 8)).Message.ShouldContain("external data at");
    }

    [Fact]
    public void External_data_in_the_folder_are_read_from_their_offset()
    {
        File.WriteAllBytes(Path.Combine(_folder, "data.bin"), [9, 9, 9, 9, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)]);

        External("data.bin", 4).ToArray<float>().ShouldBe([1, 2]);
        Should.Throw<ModelFileException>(() => External("data.bin", 8)).Message.ShouldContain("has 12");
        Should.Throw<ModelFileException>(() => External("missing.bin", 0)).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public void A_file_that_is_none_is_told_as_it_is()
    {
        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldBe(
            $"{ModelPath}: there is no such file. Check the path, or export a model first.");
        File.WriteAllText(ModelPath, "");
        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldContain("holds no graph");
        File.WriteAllText(ModelPath, "this is no model");
        Should.Throw<ModelFileException>(() => OnnxModel.Load(ModelPath)).Message.ShouldContain("The file is damaged or no ONNX file: copy or export it again.");
    }

    [Fact]
    public void Gelu_is_its_formula()
    {
        // No node test has it; 0.5·x·(1 + erf(x/√2)) at 1 and −2 to 16 digits.
        var model = new ProtoWriter();
        var opset = new ProtoWriter();
        opset.Integer(2, 20);
        model.Message(8, opset);
        model.Message(7, Graph(("Gelu", ["x"], ["y"])));
        using (var file = File.Create(ModelPath))
            model.WriteTo(file);
        using var gelu = OnnxModel.Load(ModelPath, new() { Threads = 1 });

        var y = gelu.Run(new() { ["x"] = OnnxTensor.Create<float>([3], [1, -2, 0]) })["y"].ToArray<float>();

        y.ShouldBe([0.8413447460685429f, -0.04550026389635842f, 0]);
    }

    private static ProtoWriter Graph(params (string Type, string[] Inputs, string[] Outputs)[] nodes)
    {
        var graph = new ProtoWriter();
        foreach (var (type, inputs, outputs) in nodes)
        {
            var node = new ProtoWriter();
            foreach (var input in inputs)
                node.Text(1, input);
            foreach (var output in outputs)
                node.Text(2, output);
            node.Text(4, type);
            graph.Message(1, node);
        }

        foreach (var (field, name) in new[] { (11, "x"), (12, "y") })
        {
            var (tensor, kind, value) = (new ProtoWriter(), new ProtoWriter(), new ProtoWriter());
            tensor.Integer(1, 1);
            kind.Message(1, tensor);
            value.Text(1, name);
            value.Message(2, kind);
            graph.Message(field, value);
        }

        return graph;
    }

    private void Save(params (string Type, string[] Inputs, string[] Outputs)[] nodes)
    {
        var writer = new OnnxWriter("test");
        writer.Input("x", TensorType.F32, new OnnxDimension(null, "N"), new OnnxDimension(null, "M"));
        foreach (var (type, inputs, outputs) in nodes)
            writer.Node(type, inputs, outputs);
        writer.Output("y", TensorType.F32);
        writer.Save(ModelPath);
    }

    /// <summary>A graph that the writer would refuse to write.</summary>
    private void SaveRaw(params (string Type, string[] Inputs, string[] Outputs)[] nodes)
    {
        var (model, opset) = (new ProtoWriter(), new ProtoWriter());
        opset.Integer(2, 15);
        model.Message(7, Graph(nodes));
        model.Message(8, opset);
        using var file = File.Create(ModelPath);
        model.WriteTo(file);
    }

    private OnnxTensor External(string location, long offset)
    {
        var writer = new ProtoWriter();
        writer.Integer(1, 2);
        writer.Integer(2, 1);
        writer.Integer(14, 1);
        foreach (var (key, value) in new[] { ("location", location), ("offset", $"{offset}") })
        {
            var entry = new ProtoWriter();
            entry.Text(1, key);
            entry.Text(2, value);
            writer.Message(13, entry);
        }

        return Read(writer);
    }

    private OnnxTensor Read(ProtoWriter tensor)
    {
        using var stream = new MemoryStream();
        tensor.WriteTo(stream);
        return TensorReader.Read(new(ModelPath, stream.ToArray()), new(0, (int)stream.Length), "the tensor").Tensor;
    }
}
