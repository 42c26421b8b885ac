using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Shoal.Learning;

/// <summary>The properties of one layer in a model file, checked as they are read: what its <see cref="Layer.WriteOptions"/> wrote.</summary>
/// <remarks>Valid while the layer is made. A property that is missing or of another type is a <see cref="ModelFileException"/> that names it.</remarks>
public sealed class LayerOptionsReader
{
    private readonly JsonElement _layer;
    private readonly string _path;
    private readonly int _number;

    internal LayerOptionsReader(JsonElement layer, string path, int number) => (_layer, _path, _number) = (layer, path, number);

    /// <summary>The layer's name within the model, for its constructor.</summary>
    /// <exception cref="ModelFileException">The file has none.</exception>
    public string Name => Text("name");

    internal static void Write(Utf8JsonWriter writer, string property, Size2D size)
    {
        writer.WriteStartArray(property);
        writer.WriteNumberValue(size.Height);
        writer.WriteNumberValue(size.Width);
        writer.WriteEndArray();
    }

    /// <summary>Nothing at all where there is none, as in files of old.</summary>
    internal static void Write(Utf8JsonWriter writer, string property, Regularizer? regularizer)
    {
        if (regularizer is null)
            return;
        writer.WriteStartArray(property);
        writer.WriteNumberValue(regularizer.L1);
        writer.WriteNumberValue(regularizer.L2);
        writer.WriteEndArray();
    }

    /// <summary>A string.</summary>
    /// <param name="property">Its name in the file.</param>
    /// <exception cref="ModelFileException">There is no such string.</exception>
    public string Text(string property) =>
        Find(property, JsonValueKind.String, "a string").GetString()!;

    /// <summary>A whole number.</summary>
    /// <param name="property">Its name in the file.</param>
    /// <exception cref="ModelFileException">There is no such number.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "JSON's word, no type of C#.")]
    public int Integer(string property) =>
        Find(property, JsonValueKind.Number, "an integer").TryGetInt32(out var value) ? value : throw Wrong(property, "an integer");

    /// <summary>A number.</summary>
    /// <param name="property">Its name in the file.</param>
    /// <exception cref="ModelFileException">There is no such number.</exception>
    public double Number(string property) =>
        Find(property, JsonValueKind.Number, "a number").TryGetDouble(out var value) ? value : throw Wrong(property, "a number");

    /// <summary>True or false.</summary>
    /// <param name="property">Its name in the file.</param>
    /// <exception cref="ModelFileException">There is no such value.</exception>
    public bool Boolean(string property) =>
        _layer.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(property, "true or false");

    /// <summary>A list of whole numbers.</summary>
    /// <param name="property">Its name in the file.</param>
    /// <exception cref="ModelFileException">There is no such list.</exception>
    public int[] Integers(string property)
    {
        var values = new List<int>();
        foreach (var element in Find(property, JsonValueKind.Array, "integers").EnumerateArray())
            values.Add(IsInteger(element, out var value) ? value : throw Wrong(property, "integers"));
        return [.. values];
    }

    internal Size2D Size(string property)
    {
        var value = Find(property, JsonValueKind.Array, "two integers");
        return value.GetArrayLength() == 2 && IsInteger(value[0], out var height) && IsInteger(value[1], out var width)
            ? (height, width)
            : throw Wrong(property, "two integers");
    }

    internal Regularizer? Regularizer(string property)
    {
        if (!_layer.TryGetProperty(property, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            && IsNumber(value[0], out var l1) && IsNumber(value[1], out var l2)
            ? new(l1, l2)
            : throw Wrong(property, "two numbers");
    }

    private static bool IsInteger(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    private static bool IsNumber(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value);
    }

    private JsonElement Find(string property, JsonValueKind kind, string expected) =>
        _layer.TryGetProperty(property, out var value) && value.ValueKind == kind ? value : throw Wrong(property, expected);

    private ModelFileException Wrong(string property, string expected) => new(
        _path, $"layer {_number} of its architecture has no valid \"{property}\", expected {expected}. Save the model again with this version of Shoal.");
}
