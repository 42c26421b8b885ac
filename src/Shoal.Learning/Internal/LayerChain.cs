namespace Shoal.Learning;

/// <summary>Follows the shapes through layers before anything is allocated.</summary>
internal static class LayerChain
{
    public static LayerPlan[] Plan(Shape input, IReadOnlyList<Layer> layers, IReadOnlyList<string> names)
    {
        if (layers.Count == 0)
            throw new ArgumentException("A model needs at least one layer.");
        foreach (var layer in layers)
        {
            if (layer.IsBuilt || layers.Count(l => ReferenceEquals(l, layer)) > 1)
                throw new InvalidOperationException($"{layer} \"{layer.Name}\" already belongs to a model: make a new layer for each place in each model.");
        }

        var plans = new LayerPlan[layers.Count];
        for (var i = 0; i < layers.Count; i++)
        {
            try
            {
                plans[i] = layers[i].Plan(input);
            }
            catch (Exception e) when (e is ArgumentException or OverflowException)
            {
                var before = i == 0
                    ? $"The model's input has shape {input}."
                    : $"The layer before, {names[i - 1]} ({layers[i - 1]}), gives {input.WithBatch()}.";
                throw new ArgumentException($"{layers[i]}, layer \"{names[i]}\": {e.Message} {before}", e);
            }

            if (layers[i] is Softmax && i < layers.Count - 1)
            {
                throw new ArgumentException(
                    $"{layers[i]}, layer \"{names[i]}\", stands before {names[i + 1]} ({layers[i + 1]}), expected at the end: "
                    + "the loss takes the logits before it. Move it there.");
            }

            input = plans[i].Output;
        }

        return plans;
    }
}
