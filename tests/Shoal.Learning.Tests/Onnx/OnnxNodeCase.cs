using Shoal.Learning.Onnx;

namespace Shoal.Learning.Tests;

/// <summary>One backend test of ONNX: a graph with inputs and the outputs that are expected, from Debian's libonnx-testdata.</summary>
internal sealed record OnnxNodeCase(string Name, string Folder, IReadOnlyList<string> Operators)
{
    private const string Data = "/usr/share/libonnx-testdata/data";

    // numpy.testing.assert_allclose with the values of ONNX's own runner.
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    // The graphs of ONNX 1.12, which the page was made with; other versions add some and change a few.
    private const int Graphs = 1072;

    private static readonly Lazy<IReadOnlyList<OnnxNodeCase>> Cases = new(Find);

    public static IReadOnlyList<OnnxNodeCase> All => Cases.Value;

    public static bool AreThere => Directory.Exists(Path.Combine(Data, "node"));

    public static bool AreThoseOfThePage => AreThere && All.Count == Graphs;

    public static string WhyNot => AreThere
        ? $"{Data} holds {All.Count} graphs, not the {Graphs} of ONNX 1.12 in Debian 12"
        : $"ONNX's backend tests are not there: apt-get install libonnx-testdata puts them into {Data}";

    /// <summary>Runs the case; null if it passed, else why not, in a few words.</summary>
    public string? Run() => Run(model => model, tensor => tensor);

    /// <summary>Runs the case with every float of the graph, its inputs and outputs as a double.</summary>
    public string? RunInDouble() => Run(
        model => model with
        {
            Inputs = [.. model.Inputs.Select(input => input.Type == TensorType.F32 ? input with { Type = TensorType.F64 } : input)],
            Initializers = model.Initializers.ToDictionary(pair => pair.Key, pair => InDouble(pair.Value)),
            Nodes = [.. model.Nodes.Select(node => node with
            {
                Attributes = Array.ConvertAll(node.Attributes, a => a.Tensor is null ? a : a with { Tensor = InDouble(a.Tensor) }),
            })],
        },
        InDouble);

    private string? Run(Func<GraphModel, GraphModel> change, Func<OnnxTensor, OnnxTensor> convert)
    {
        try
        {
            var graph = change(ModelReader.Read(OnnxFile.Read(Path.Combine(Folder, "model.onnx"))));
            using var model = OnnxModel.Load(graph, new() { Threads = 1 });
            return Directory.GetDirectories(Folder, "test_data_set_*").Select(set => Run(model, set, convert)).FirstOrDefault(why => why is not null);
        }
        catch (ModelFileException e)
        {
            return e.Message;
        }
    }

    private static string? Run(OnnxModel model, string set, Func<OnnxTensor, OnnxTensor> convert)
    {
        var inputs = new Dictionary<string, OnnxTensor>();
        for (var i = 0; i < model.Inputs.Count; i++)
        {
            var path = Path.Combine(set, $"input_{i}.pb");
            if (!File.Exists(path))
                return $"wrong: {model.Inputs.Count} inputs, but there is no input_{i}.pb";
            inputs[model.Inputs[i].Name] = convert(Tensor(path));
        }

        var outputs = model.Run(inputs);
        return Enumerable.Range(0, model.Outputs.Count)
            .Select(i => Compare(outputs[model.Outputs[i].Name], convert(Tensor(Path.Combine(set, $"output_{i}.pb"))))).FirstOrDefault(why => why is not null);
    }

    private static OnnxTensor InDouble(OnnxTensor tensor) =>
        tensor.Type == TensorType.F32 ? OnnxTensor.Create([.. tensor.Shape], Array.ConvertAll(tensor.ToArray<float>(), v => (double)v)) : tensor;

    private static string? Compare(OnnxTensor actual, OnnxTensor expected)
    {
        if (actual.Type != expected.Type || !actual.Shape.SequenceEqual(expected.Shape))
            return $"wrong: gives {actual} instead of {expected}";
        var (a, b) = (Doubles(actual), Doubles(expected));
        for (var i = 0; i < a.Length; i++)
        {
            var same = a[i].Equals(b[i]) || Math.Abs(a[i] - b[i]) <= Absolute + (Relative * Math.Abs(b[i]));
            if (!same)
                return FormattableString.Invariant($"wrong: value {i} is {a[i]} instead of {b[i]}");
        }

        return null;
    }

    private static double[] Doubles(OnnxTensor tensor) => tensor.Type switch
    {
        TensorType.F32 => Array.ConvertAll(tensor.ToArray<float>(), v => (double)v),
        TensorType.F64 => tensor.ToArray<double>(),
        TensorType.F16 => Array.ConvertAll(tensor.ToArray<Half>(), v => (double)v),
        TensorType.BOOL => Array.ConvertAll(tensor.ToArray<bool>(), v => v ? 1.0 : 0),
        TensorType.I8 => Array.ConvertAll(tensor.ToArray<sbyte>(), v => (double)v),
        TensorType.U8 => Array.ConvertAll(tensor.ToArray<byte>(), v => (double)v),
        TensorType.I16 => Array.ConvertAll(tensor.ToArray<short>(), v => (double)v),
        TensorType.U16 => Array.ConvertAll(tensor.ToArray<ushort>(), v => (double)v),
        TensorType.I32 => Array.ConvertAll(tensor.ToArray<int>(), v => (double)v),
        TensorType.U32 => Array.ConvertAll(tensor.ToArray<uint>(), v => (double)v),
        TensorType.I64 => Array.ConvertAll(tensor.ToArray<long>(), v => (double)v),
        TensorType.U64 => Array.ConvertAll(tensor.ToArray<ulong>(), v => (double)v),
        _ => throw new ArgumentException($"{tensor} is not compared."),
    };

    private static OnnxTensor Tensor(string path)
    {
        var file = OnnxFile.Read(path);
        return TensorReader.Read(file, new(0, file.Bytes.Length), "the tensor").Tensor;
    }

    /// <summary>The op_type of each node of the graph, read without the rest, which may hold what the reader refuses.</summary>
    private static string[] OperatorsOf(string path)
    {
        var file = OnnxFile.Read(path);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var graph in Fields(file, new(0, file.Bytes.Length), 7))
        {
            foreach (var node in Fields(file, graph, 1))
            {
                for (var reader = new ProtoReader(file, node); reader.Next();)
                {
                    if (reader.Field == 4)
                        found.Add(reader.Text());
                    else
                        reader.Skip();
                }
            }
        }

        return [.. found];
    }

    private static IReadOnlyList<OnnxNodeCase> Find() =>
    [
        .. from kind in new[] { "node", "pytorch-converted", "pytorch-operator", "simple" }
           from folder in Directory.GetDirectories(Path.Combine(Data, kind)).Order(StringComparer.Ordinal)
           let model = Path.Combine(folder, "model.onnx")
           where File.Exists(model)
           select new OnnxNodeCase(Path.GetFileName(folder), folder, OperatorsOf(model)),
    ];

    private static List<ProtoRange> Fields(OnnxFile file, ProtoRange message, int field)
    {
        var ranges = new List<ProtoRange>();
        for (var reader = new ProtoReader(file, message); reader.Next();)
        {
            if (reader.Field == field)
                ranges.Add(reader.Range());
            else
                reader.Skip();
        }

        return ranges;
    }
}
