namespace Shoal.Learning;

/// <summary>A layer cannot take its inputs; keeps the layer's own words, so that whoever knows more of the model can say more.</summary>
internal sealed class LayerShapeException(Layer layer, IReadOnlyList<Node> inputs, Exception inner)
    : ArgumentException($"{layer}: {inner.Message} {Describe(inputs)}", inner)
{
    public Layer Layer { get; } = layer;

    private static string Describe(IReadOnlyList<Node> inputs) => inputs.Count == 0
        ? "It was given no input."
        : $"It was put on {string.Join(", ", inputs.Select(i => $"{i}, which gives {i.Shape.WithBatch()}"))}.";
}
