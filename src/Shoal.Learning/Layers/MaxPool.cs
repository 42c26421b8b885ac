using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The largest value of each window and channel.</summary>
/// <remarks>
/// x (rows, height, width, channels), y (rows, output height, output width, channels). Where a window holds its maximum more than once, the
/// first in row-major order gets the whole gradient.
/// </remarks>
/// <param name="poolSize">Rows and columns of a window. <value>2</value></param>
/// <param name="strides">Steps of the window. <value>the pool size</value></param>
/// <param name="padding">What lies beyond the edge. <value><see cref="Padding.Valid"/></value></param>
/// <param name="name">A name within the model. <value>max_pooling2d</value></param>
public sealed class MaxPool(Size2D? poolSize = null, Size2D? strides = null, Padding padding = Padding.Valid, string? name = null)
    : Layer("MaxPooling2D", name)
{
    /// <summary>Rows and columns of a window.</summary>
    public Size2D PoolSize { get; } = Size2D.AtLeastOne(poolSize ?? 2, nameof(MaxPool), nameof(poolSize));

    /// <summary>Steps of the window.</summary>
    public Size2D Strides { get; } = Size2D.AtLeastOne(strides ?? poolSize ?? 2, nameof(MaxPool), nameof(strides));

    /// <summary>What lies beyond the edge.</summary>
    public Padding Padding { get; } = padding;

    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        if (input.Count != 3)
            throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, height, width, channels).");
        var shape = ShapeFor(1, input);
        if (shape.OutputHeight < 1 || shape.OutputWidth < 1)
        {
            throw new ArgumentException(
                $"input has shape {input.WithBatch()}, too small for a window of {PoolSize}. Use a smaller window or Padding.Same.");
        }

        return new([shape.OutputHeight, shape.OutputWidth, input[2]]);
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.MaxPoolForward(ShapeFor(pass.Rows, InputShape), x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.MaxPoolGradient(ShapeFor(pass.Rows, InputShape), x, y, dy, dx);
    }

    /// <inheritdoc/>
    public override string ToString() => $"MaxPool({PoolSize})";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        LayerOptionsReader.Write(writer, "poolSize", PoolSize);
        LayerOptionsReader.Write(writer, "strides", Strides);
        writer.WriteBoolean("same", Padding == Padding.Same);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        new GraphValue(graph.Node("MaxPool", [graph.ChannelsFirst(x[0])], OnnxWindow.Attributes(PoolSize, Strides, Padding, InputShape)), ChannelsFirst: true);

    internal static MaxPool Read(LayerOptionsReader options) => new(
        options.Size("poolSize"), options.Size("strides"), options.Boolean("same") ? Padding.Same : Padding.Valid, options.Name);

    internal PoolShape ShapeFor(int rows) => ShapeFor(rows, InputShape);

    private PoolShape ShapeFor(int rows, Shape input) =>
        new(rows, input[0], input[1], input[2], PoolSize.Height, PoolSize.Width, Strides.Height, Strides.Width, Padding == Padding.Same);
}
