using System.Text;

namespace Shoal.Learning.Onnx;

/// <summary>Reads a NodeProto and its attributes. Graphs in attributes are not read: no operator here has any.</summary>
internal static class NodeReader
{
    private const int MostNames = 16_384;
    private const int MostAttributes = 256;
    private const int MostNumbers = 65_536;

    public static GraphNode Read(OnnxFile file, ProtoRange range, int number)
    {
        var (name, domain, type) = ("", "", "");
        var (inputs, outputs) = (new List<string>(), new List<string>());
        var attributes = new List<ProtoRange>();
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1:
                    Add(file, reader.Text(), inputs, reader.Position);
                    break;
                case 2:
                    Add(file, reader.Text(), outputs, reader.Position);
                    break;
                case 3:
                    name = reader.Text();
                    break;
                case 4:
                    type = reader.Text();
                    break;
                case 5:
                    if (attributes.Count >= MostAttributes)
                        throw file.Damaged($"holds a node with more than {MostAttributes} attributes", reader.Position);
                    attributes.Add(reader.Range());
                    break;
                case 7:
                    domain = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type.Length == 0)
            throw file.Damaged($"holds node {number} without an operator", range.Start);
        var node = new GraphNode(number, name, domain == "ai.onnx" ? "" : domain, type, [.. inputs], [.. outputs], new NodeAttribute[attributes.Count]);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < node.Attributes.Length; i++)
        {
            var attribute = node.Attributes[i] = ReadAttribute(file, attributes[i], node.Place);
            if (!names.Add(attribute.Name))
                throw file.Damaged($"gives {node.Place} the attribute \"{ModelFileException.Quote(attribute.Name)}\" twice", attributes[i].Start);
        }

        return node;
    }

    private static void Add(OnnxFile file, string name, List<string> names, int position)
    {
        if (names.Count >= MostNames)
            throw file.Damaged($"holds a node with more than {MostNames} names", position);
        names.Add(name);
    }

    private static NodeAttribute ReadAttribute(OnnxFile file, ProtoRange range, string place)
    {
        var (name, type, integer, single) = ("", 0L, 0L, 0f);
        string? text = null;
        OnnxTensor? tensor = null;
        var (integers, singles, texts) = (new List<long>(), new List<float>(), new List<string>());
        for (var reader = new ProtoReader(file, range); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    single = reader.Single();
                    break;
                case 3:
                    integer = reader.Integer();
                    break;
                case 4:
                    var bytes = reader.Range();
                    text = Encoding.UTF8.GetString(file.Bytes, bytes.Start, bytes.Length);
                    break;
                case 5:
                    tensor = TensorReader.Read(file, reader.Range(), $"an attribute of {place}").Tensor;
                    break;
                case 7:
                    NumberLists.Add(file, ref reader, singles, MostNumbers);
                    break;
                case 8:
                    NumberLists.Add(file, ref reader, integers, MostNumbers);
                    break;
                case 9:
                    Add(file, reader.Text(), texts, reader.Position);
                    break;
                case 20:
                    type = reader.Integer();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new(name, type, integer, single, text, tensor, [.. integers], [.. singles], [.. texts]);
    }
}
