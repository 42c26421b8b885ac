namespace Shoal.Learning;

/// <summary>A value in a model that is being built: an input, or what a layer makes of other values.</summary>
/// <remarks>
/// Immutable; nothing is computed or allocated until a <see cref="Model"/> is made of it.
/// <code>
/// var age = new Input("age", [1]);
/// var ward = new Input("ward", [1]);
/// var hidden = new Concatenate().On(age, ward).Then(new Dense(16), new ReLU());
/// using var model = new Model([age, ward], [hidden.Then(new Dense(1))]);
/// </code>
/// </remarks>
public abstract class Node
{
    private protected Node(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape = shape;
    }

    /// <summary>The shape of one sample.</summary>
    public Shape Shape { get; }

    /// <summary>Which steps of this sequence count, (time), or null where all do; Keras hands it on with the values, and so do we.</summary>
    internal Node? Mask { get; private protected init; }

    /// <summary>What a row of layers, one after the other, makes of this value.</summary>
    /// <param name="layers">The layers, each with one input, each used in one place only.</param>
    /// <returns>The output of the last; this value where there is none.</returns>
    /// <exception cref="ArgumentException">A layer cannot take what comes before it.</exception>
    /// <exception cref="InvalidOperationException">A layer stands in a model already.</exception>
    public Node Then(params ReadOnlySpan<Layer> layers)
    {
        var node = this;
        foreach (var layer in layers)
            node = layer.On(node);
        return node;
    }
}

/// <summary>Where data come into a model.</summary>
/// <param name="name">Its name, unlike that of every other input of the model.</param>
/// <param name="shape">The shape of one sample.</param>
public sealed class Input(string name, Shape shape) : Node(shape)
{
    /// <summary>The name, by which errors and files speak of it.</summary>
    public string Name { get; } = string.IsNullOrEmpty(name) || name.Contains('/', StringComparison.Ordinal)
        ? throw new ArgumentException($"Input: the name \"{name}\" is not valid: an input's name is not empty and holds no \"/\".", nameof(name))
        : name;

    /// <inheritdoc/>
    public override string ToString() => $"Input(\"{Name}\", {Shape})";
}

/// <summary>What a layer makes of its inputs.</summary>
internal sealed class LayerNode : Node
{
    public LayerNode(Layer layer, IReadOnlyList<Node> inputs, LayerPlan plan, bool isImplied = false)
        : base(plan.Output) => (Layer, Inputs, Plan, IsImplied, Mask) = (layer, inputs, plan, isImplied, layer.MaskBehind(inputs, plan.Output));

    public Layer Layer { get; }

    public IReadOnlyList<Node> Inputs { get; }

    public LayerPlan Plan { get; }

    /// <summary>Whether the layer follows from another one and nobody wrote it down.</summary>
    public bool IsImplied { get; }

    public override string ToString() => Layer.ToString();
}
