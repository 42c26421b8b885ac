using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Turns logits into probabilities along the last axis, exp(x) / Σ exp(x).</summary>
/// <remarks>
/// x and y: (rows, …, classes). Where it is the last layer of a model and the loss is a cross-entropy, a model leaves it out in training and
/// takes the loss from the logits, as Keras does, which is exact for any logits. The gradient is y·(dy − Σ y·dy).
/// </remarks>
/// <param name="name">A name within the model. <value>softmax</value></param>
public sealed class Softmax(string? name = null) : Layer("Softmax", name)
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
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.Softmax(RowsOf(pass), InputShape[^1], x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.SoftmaxGradient(RowsOf(pass), InputShape[^1], y, dy, dx);
    }

    internal override bool IsOutputActivation => true;

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        graph.Each("Softmax", x[0], OnnxAttribute.Of("axis", x[0].ChannelsFirst ? 1 : -1));

    internal static Softmax Read(LayerOptionsReader options) => new(options.Name);

    private int RowsOf(in Pass pass) => pass.Rows * (InputShape.Size / InputShape[^1]);
}
