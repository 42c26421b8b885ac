using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mean of each channel over the whole image.</summary>
/// <remarks>x (rows, height, width, channels), y (rows, channels).</remarks>
/// <param name="name">A name within the model. <value>global_average_pooling2d</value></param>
public sealed class GlobalAveragePool(string? name = null) : Layer("GlobalAveragePooling2D", name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => input.Count == 3
        ? new([input[2]])
        : throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, height, width, channels).");

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.AveragePoolForward(ShapeFor(pass.Rows), x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.AveragePoolGradient(ShapeFor(pass.Rows), dy, dx);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var means = graph.Node("GlobalAveragePool", [graph.ChannelsFirst(x[0])]);
        return new GraphValue(graph.Node("Flatten", [means], OnnxAttribute.Of("axis", 1)));
    }

    internal static GlobalAveragePool Read(LayerOptionsReader options) => new(options.Name);

    // One window, the image.
    private PoolShape ShapeFor(int rows) =>
        new(rows, InputShape[0], InputShape[1], InputShape[2], InputShape[0], InputShape[1], InputShape[0], InputShape[1], Same: false);
}
