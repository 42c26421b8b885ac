namespace Shoal.Learning;

/// <summary>Puts layers one behind the other, with errors that name the place in the row.</summary>
internal static class LayerChain
{
    public static Graph Build(Shape input, IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (layers.Count == 0)
            throw new ArgumentException("A model needs at least one layer.");
        var names = LayerNames.For(layers);
        var start = new Input(Sequential.InputName, input);
        Node node = start;
        for (var i = 0; i < layers.Count; i++)
        {
            try
            {
                node = layers[i].On(node);
            }
            catch (LayerShapeException e)
            {
                var before = i == 0
                    ? $"The model's input has shape {input}."
                    : $"The layer before, {names[i - 1]} ({layers[i - 1]}), gives {node.Shape.WithBatch()}.";
                throw new ArgumentException($"{layers[i]}, layer \"{names[i]}\": {e.InnerException!.Message} {before}", e);
            }
        }

        return new Graph([start], [node]);
    }
}
