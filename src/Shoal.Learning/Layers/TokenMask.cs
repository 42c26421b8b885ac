using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mask of ids whose 0 is padding: 1 where an id is not 0, else 0; the second input of <see cref="LSTM"/> and <see cref="GRU"/>.</summary>
/// <remarks>x and y: (rows, time). It has no gradient.</remarks>
/// <param name="name">A name within the model. <value>token_mask</value></param>
public sealed class TokenMask(string? name = null) : Layer("TokenMask", name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Count == 1
            ? new(input)
            : throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, time), one id at each position.");
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.TokenMask(pass.Rows * InputShape.Size, x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.Fill(dx, pass.Rows * InputShape.Size, 0);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var counts = graph.Node("Cast", [x[0].Name], OnnxAttribute.Of("to", ElementTypes.ToOnnx(TensorType.BOOL)));
        return new GraphValue(graph.Node("Cast", [counts], OnnxAttribute.Of("to", ElementTypes.ToOnnx(TensorType.F32))));
    }

    internal static TokenMask Read(LayerOptionsReader options) => new(options.Name);
}
