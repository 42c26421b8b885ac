using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What <see cref="MaxPool"/> and <see cref="AveragePool"/> share: a window that steps over each channel.</summary>
/// <remarks>x (rows, height, width, channels), y (rows, output height, output width, channels).</remarks>
public abstract class PoolingLayer : Layer
{
    private protected PoolingLayer(string kind, Size2D? poolSize, Size2D? strides, Padding padding, string? name)
        : base(kind, name)
    {
        PoolSize = Size2D.AtLeastOne(poolSize ?? 2, GetType().Name, nameof(poolSize));
        Strides = Size2D.AtLeastOne(strides ?? PoolSize, GetType().Name, nameof(strides));
        Padding = padding;
    }

    /// <summary>Rows and columns of a window.</summary>
    public Size2D PoolSize { get; }

    /// <summary>Steps of the window.</summary>
    public Size2D Strides { get; }

    /// <summary>What lies beyond the edge.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public sealed override LayerPlan Plan(Shape input)
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
    public sealed override string ToString() => $"{GetType().Name}({PoolSize})";

    /// <inheritdoc/>
    protected internal sealed override void WriteOptions(Utf8JsonWriter writer)
    {
        LayerOptionsReader.Write(writer, "poolSize", PoolSize);
        LayerOptionsReader.Write(writer, "strides", Strides);
        writer.WriteBoolean("same", Padding == Padding.Same);
    }

    // ONNX names its operators as we name the layers.
    internal sealed override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        new GraphValue(graph.Node(GetType().Name, [graph.ChannelsFirst(x[0])], OnnxWindow.Attributes(PoolSize, Strides, Padding, InputShape)), ChannelsFirst: true);

    internal PoolShape ShapeFor(int rows) => ShapeFor(rows, InputShape);

    private PoolShape ShapeFor(int rows, Shape input) =>
        new(rows, input[0], input[1], input[2], PoolSize.Height, PoolSize.Width, Strides.Height, Strides.Width, Padding == Padding.Same);
}
