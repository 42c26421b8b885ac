using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The rectifier, y = max(x, 0); its gradient at 0 is 0.</summary>
/// <param name="name">A name within the model. <value>re_lu</value></param>
public sealed class ReLU(string? name = null) : Layer("ReLU", name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => new(input);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.ReluForward(pass.Rows * InputShape.Size, x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.ReluGradient(pass.Rows * InputShape.Size, y, dy, dx);
    }

    internal override bool TryJoin(ref Epilogue epilogue)
    {
        epilogue = epilogue with { Relu = true };
        return true;
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => graph.Each("Relu", x[0]);

    internal static ReLU Read(LayerOptionsReader options) => new(options.Name);
}
