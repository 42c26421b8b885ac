using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Shoal.Learning;

/// <summary>The shape of the input and the layers with their options, as the JSON text in a model file.</summary>
internal static class Architecture
{
    private const int MostLayers = 10_000;

    public static string Write(Shape input, IReadOnlyList<Layer> layers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", 1);
            writer.WriteStartArray("input");
            foreach (var size in input)
                writer.WriteNumberValue(size);
            writer.WriteEndArray();
            writer.WriteStartArray("layers");
            foreach (var layer in layers)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", layer.Kind);
                writer.WriteString("name", layer.Name);
                layer.WriteOptions(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static (Shape Input, Layer[] Layers) Read(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out var schema) || Integer(schema) != 1)
                throw Wrong(path, "is not of schema 1");
            if (!root.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Array || input.GetArrayLength() > 16)
                throw Wrong(path, "has no valid input shape");
            if (!root.TryGetProperty("layers", out var layers) || layers.ValueKind != JsonValueKind.Array || layers.GetArrayLength() is 0 or > MostLayers)
                throw Wrong(path, $"does not have 1 to {MostLayers} layers");
            int[] sizes = [.. input.EnumerateArray().Select(s => Integer(s) ?? throw Wrong(path, "has no valid input shape"))];
            return (new Shape(sizes), [.. layers.EnumerateArray().Select((layer, i) => ReadLayer(path, layer, i))]);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Wrong(path, $"is not valid: {ModelFileException.Quote(e.Message, 200)}", e);
        }
    }

    private static int? Integer(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null;

    private static Layer ReadLayer(string path, JsonElement layer, int number)
    {
        if (layer.ValueKind != JsonValueKind.Object)
            throw Wrong(path, $"has a layer {number} that is no object");
        var options = new LayerOptionsReader(layer, path, number);
        var kind = options.Text("kind");
        return LayerKinds.All.TryGetValue(kind, out var read)
            ? read(options)
            : throw Wrong(
                path,
                $"has a layer {number} of the unknown kind \"{ModelFileException.Quote(kind)}\", expected one of {string.Join(" ", LayerKinds.All.Keys)}");
    }

    private static ModelFileException Wrong(string path, string what, Exception? inner = null) =>
        new(path, $"its architecture {what}. Save the model again with this version of Shoal.", inner: inner);
}
