using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The sum of two or more inputs of the same shape, added in their order.</summary>
/// <remarks>x and y: all (rows, the same shape). Each input's gradient is dy.</remarks>
/// <param name="name">A name within the model. <value>add</value></param>
public sealed class Add(string? name = null) : Layer("Add", name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => Plan([input]);

    /// <inheritdoc/>
    public override LayerPlan Plan(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
            throw new ArgumentException($"got {inputs.Count} input, expected two or more.");
        for (var i = 1; i < inputs.Count; i++)
        {
            if (!inputs[i].Equals(inputs[0]))
                throw new ArgumentException($"input {i} has shape {inputs[i].WithBatch()}, expected {inputs[0].WithBatch()} as input 0.");
        }

        return new(inputs[0]);
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Forward(pass, [x], y);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y)
    {
        ArgumentNullException.ThrowIfNull(x);
        Kernels.Add(pass.Rows * OutputShape.Size, x[0], x[1], y);
        for (var i = 2; i < x.Count; i++)
            Kernels.Add(pass.Rows * OutputShape.Size, y, x[i], y);
    }

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Backward(pass, [x], y, dy, [dx]);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx)
    {
        ArgumentNullException.ThrowIfNull(dx);
        for (var i = 0; i < dx.Count; i++)
        {
            if (dx[i] is { } gradient && !ReferenceEquals(gradient, dy))
                Kernels.Copy(dy, pass.Rows * OutputShape.Size, gradient);
        }
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var (names, channelsFirst) = graph.InOneOrder(x);
        return new GraphValue(names.Aggregate((sum, next) => graph.Node("Add", [sum, next])), channelsFirst);
    }

    internal static Add Read(LayerOptionsReader options) => new(options.Name);
}
