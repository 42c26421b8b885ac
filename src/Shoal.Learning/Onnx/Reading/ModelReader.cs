namespace Shoal.Learning.Onnx;

/// <summary>Reads a ModelProto: versions, and the graph with its nodes, initializers, inputs and outputs.</summary>
internal static class ModelReader
{
    private const int MostParts = 50_000;

    public static GraphModel Read(OnnxFile file)
    {
        var producer = "";
        var opsets = new Dictionary<string, long>(StringComparer.Ordinal);
        var graph = default(ProtoRange?);
        for (var reader = new ProtoReader(file, new(0, file.Bytes.Length)); reader.Next();)
        {
            switch (reader.Field)
            {
                case 2:
                    producer = reader.Text();
                    break;
                case 7:
                    if (graph is not null)
                        throw file.Damaged("holds two graphs", reader.Position);
                    graph = reader.Range();
                    break;
                case 8:
                    var (domain, version) = ReadOpset(file, reader.Range());
                    opsets[domain == "ai.onnx" ? "" : domain] = version;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return graph is { } range ? ReadGraph(file, range, producer, opsets) : throw file.Damaged("holds no graph", 0);
    }

    private static (string Domain, long Version) ReadOpset(OnnxFile file, ProtoRange range)
    {
        var (domain, version) = ("", 0L);
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (reader.Field == 1)
                domain = reader.Text();
            else if (reader.Field == 2)
                version = reader.Integer();
            else
                reader.Skip();
        }

        return (domain, version);
    }

    private static GraphModel ReadGraph(OnnxFile file, ProtoRange range, string producer, Dictionary<string, long> opsets)
    {
        var nodes = new List<GraphNode>();
        var initializers = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        var (inputs, outputs) = (new List<OnnxValue>(), new List<OnnxValue>());
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            if (nodes.Count + initializers.Count + inputs.Count + outputs.Count > MostParts)
                throw file.Wrong($"its graph has more than {MostParts} nodes, initializers, inputs and outputs");
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(NodeReader.Read(file, reader.Range(), nodes.Count));
                    break;
                case 5:
                    var at = reader.Position;
                    var (name, tensor) = TensorReader.Read(file, reader.Range(), $"initializer {initializers.Count}");
                    if (name.Length == 0)
                        throw file.Damaged($"holds initializer {initializers.Count} without a name", at);
                    if (!initializers.TryAdd(name, tensor))
                        throw file.Damaged($"holds two initializers \"{ModelFileException.Quote(name)}\"", at, name);
                    break;
                case 11:
                    inputs.Add(ValueReader.Read(file, reader.Range()));
                    break;
                case 12:
                    outputs.Add(ValueReader.Read(file, reader.Range()));
                    break;
                case 15:
                    throw file.Wrong("its graph has sparse initializers", "Export the model with dense ones.");
                default:
                    reader.Skip();
                    break;
            }
        }

        // Files of the first versions declare initializers as inputs, too; here they are constants.
        inputs.RemoveAll(input => initializers.ContainsKey(input.Name));
        return new(file, producer, opsets, nodes, initializers, inputs, outputs);
    }
}
