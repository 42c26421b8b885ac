using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Each sample as one flat run of values, row-major (rows, columns, channels): no value moves.</summary>
/// <param name="name">A name within the model. <value>flatten</value></param>
public sealed class Flatten(string? name = null) : Layer("Flatten", name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool IsIdentityInInference => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => new([input.Size]);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => CopyUnlessSame(pass.Rows, x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            CopyUnlessSame(pass.Rows, dy, dx);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        new GraphValue(graph.Node("Flatten", [graph.ChannelsLast(x[0])], OnnxAttribute.Of("axis", 1)));

    internal static Flatten Read(LayerOptionsReader options) => new(options.Name);

    private void CopyUnlessSame(int rows, Storage source, Storage destination)
    {
        if (!ReferenceEquals(source, destination))
            Kernels.Copy(source, rows * InputShape.Size, destination);
    }
}
