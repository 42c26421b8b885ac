using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Shoal.Learning;

/// <summary>Inputs, layers with their options, and what each takes, as the JSON text in a model file.</summary>
/// <remarks>
/// A row of layers is of schema 1: the shape of its input, and the layers in order. Any other model is of schema 2: named inputs, layers that
/// name what they take in <c>from</c>, always something written before them, and the names of the outputs.
/// </remarks>
internal static class Architecture
{
    private const int MostLayers = 10_000;
    private const int MostInputs = 1_000;

    public static string Write(Graph graph)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (graph.IsChain)
                WriteChain(writer, graph);
            else
                WriteGraph(writer, graph);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Graph Read(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var schema = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("schema", out var number) ? Integer(number) : null;
            return schema switch
            {
                1 => LayerChain.Build(ReadShape(path, root, "input"), ReadLayers(path, root)),
                2 => ReadGraph(path, root),
                _ => throw Wrong(path, "is not of schema 1 or 2"),
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Wrong(path, $"is not valid: {ModelFileException.Quote(e.Message, 300)}", e);
        }
    }

    private static void WriteChain(Utf8JsonWriter writer, Graph graph)
    {
        writer.WriteNumber("schema", 1);
        WriteShape(writer, "input", graph.Inputs[0].Shape);
        writer.WriteStartArray("layers");
        foreach (var step in graph.Steps.Where(s => !s.IsImplied))
            WriteLayer(writer, step.Layer, null);
        writer.WriteEndArray();
    }

    private static void WriteGraph(Utf8JsonWriter writer, Graph graph)
    {
        writer.WriteNumber("schema", 2);
        writer.WriteStartArray("inputs");
        foreach (var input in graph.Inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name", input.Name);
            WriteShape(writer, "shape", input.Shape);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("layers");
        foreach (var step in graph.Steps)
            WriteLayer(writer, step.Layer, step.Inputs.Select(v => NameOf(graph, v)));
        writer.WriteEndArray();
        writer.WriteStartArray("outputs");
        foreach (var output in graph.Outputs)
            writer.WriteStringValue(NameOf(graph, output));
        writer.WriteEndArray();
    }

    // Inputs and layers have names of their own each: the slash, which no name holds, tells them apart.
    private static string NameOf(Graph graph, int value) =>
        graph.ProducerOf(value) < 0 ? $"/{graph.Inputs[value].Name}" : graph.Steps[graph.ProducerOf(value)].Layer.Name;

    private static void WriteShape(Utf8JsonWriter writer, string property, Shape shape)
    {
        writer.WriteStartArray(property);
        foreach (var size in shape)
            writer.WriteNumberValue(size);
        writer.WriteEndArray();
    }

    private static void WriteLayer(Utf8JsonWriter writer, Layer layer, IEnumerable<string>? from)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", layer.Kind);
        writer.WriteString("name", layer.Name);
        if (from is not null)
        {
            writer.WriteStartArray("from");
            foreach (var name in from)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        layer.WriteOptions(writer);
        writer.WriteEndObject();
    }

    private static Graph ReadGraph(string path, JsonElement root)
    {
        var nodes = new Dictionary<string, Node>(StringComparer.Ordinal);
        var inputs = new List<Input>();
        foreach (var element in Elements(path, root, "inputs", MostInputs))
        {
            var input = new Input(Text(path, element, "name"), ReadShape(path, element, "shape"));
            inputs.Add(input);
            if (!nodes.TryAdd($"/{input.Name}", input))
                throw Wrong(path, $"has two inputs named \"{ModelFileException.Quote(input.Name)}\"");
        }

        var elements = Elements(path, root, "layers", MostLayers);
        var layers = ReadLayers(path, root);
        for (var i = 0; i < layers.Length; i++)
        {
            Node[] from = [.. Elements(path, elements[i], "from", MostInputs).Select(name => Find(path, nodes, name))];
            if (!nodes.TryAdd(layers[i].Name, layers[i].On(from)))
                throw Wrong(path, $"has two layers named \"{ModelFileException.Quote(layers[i].Name)}\"");
        }

        return new Graph(inputs, [.. Elements(path, root, "outputs", MostLayers).Select(name => Find(path, nodes, name))]);
    }

    private static Node Find(string path, Dictionary<string, Node> nodes, JsonElement name) =>
        name.ValueKind == JsonValueKind.String && nodes.TryGetValue(name.GetString()!, out var node)
            ? node
            : throw Wrong(path, $"speaks of {ModelFileException.Quote(name.ToString())}, which is no input and no layer before that place");

    private static JsonElement[] Elements(string path, JsonElement owner, string property, int most) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(property, out var array)
            && array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0 && array.GetArrayLength() <= most
            ? [.. array.EnumerateArray()]
            : throw Wrong(path, $"does not have 1 to {most} {property}");

    private static string Text(string path, JsonElement owner, string property) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong(path, $"has no valid \"{property}\"");

    private static Shape ReadShape(string path, JsonElement owner, string property)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(property, out var shape) || shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() > 16)
            throw Wrong(path, "has no valid input shape");
        int[] sizes = [.. shape.EnumerateArray().Select(s => Integer(s) ?? throw Wrong(path, "has no valid input shape"))];
        return new Shape(sizes);
    }

    private static Layer[] ReadLayers(string path, JsonElement root) =>
        [.. Elements(path, root, "layers", MostLayers).Select((layer, i) => ReadLayer(path, layer, i))];

    private static int? Integer(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null;

    private static Layer ReadLayer(string path, JsonElement layer, int number)
    {
        if (layer.ValueKind != JsonValueKind.Object)
            throw Wrong(path, $"has a layer {number} that is no object");
        var options = new LayerOptionsReader(layer, path, number);
        var kind = options.Text("kind");
        if (!LayerKinds.TryFind(kind, out var create))
        {
            throw Wrong(
                path,
                $"has a layer {number} of the unknown kind \"{ModelFileException.Quote(kind)}\", expected one of {string.Join(" ", LayerKinds.All.Keys)}, or one of yours after LayerKinds.Register");
        }

        var made = create(options);
        return made is not null && made.Kind == kind
            ? made
            : throw Wrong(path, $"has a layer {number} of the kind \"{ModelFileException.Quote(kind)}\", for which its LayerKinds.Register made {made?.Kind ?? "nothing"}");
    }

    private static ModelFileException Wrong(string path, string what, Exception? inner = null) =>
        new(path, $"its architecture {what}. Save the model again with this version of Shoal.", inner: inner);
}
