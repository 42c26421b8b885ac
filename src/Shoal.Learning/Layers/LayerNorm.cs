using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Normalises along the last axis, y = gamma·(x − mean)/sqrt(variance + epsilon) + beta, each position of each sample on its own.</summary>
/// <remarks>
/// x and y: (rows, …, features); gamma, beta: (features). Mean and biased variance are those of the features of one position, in training and
/// outside it. Source: Ba, Kiros and Hinton, "Layer normalization", arXiv 1607.06450.
/// </remarks>
/// <param name="epsilon">Added to the variance, above 0. <value>0.001</value></param>
/// <param name="name">A name within the model. <value>layer_normalization</value></param>
public sealed class LayerNorm(double epsilon = 0.001, string? name = null) : Layer("LayerNormalization", name)
{
    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; } = Check.Between(1e-12, 1e6, epsilon, nameof(LayerNorm), nameof(epsilon));

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    private Parameter Gamma => Parameters[0];

    private Parameter Beta => Parameters[1];

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        Shape features = [input[^1]];
        return new(input, new("gamma", features, Initializer.Ones), new("beta", features, Initializer.Zeros));
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) =>
        Kernels.LayerNormForward(ShapeFor(pass.Rows), x, Gamma.Value, Beta.Value, (float)Epsilon, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Kernels.LayerNormGradient(
        ShapeFor(pass.Rows), x, dy, Gamma.Value, (float)Epsilon, Gamma.Gradient!, Beta.Gradient!, dx ?? dy);

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("epsilon", Epsilon);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        // Opset 15 has no LayerNormalization yet.
        var input = graph.ChannelsLast(x[0]);
        var centred = graph.Node("Sub", [input, Mean(input)]);
        var variance = graph.Node("Add", [Mean(graph.Node("Mul", [centred, centred])), graph.Constant("epsilon", Epsilon)]);
        var normalised = graph.Node("Div", [centred, graph.Node("Sqrt", [variance])]);
        return new GraphValue(graph.Node("Add", [graph.Node("Mul", [normalised, graph.Constant(Gamma)]), graph.Constant(Beta)]));

        string Mean(string value) => graph.Node("ReduceMean", [value], OnnxAttribute.Of("axes", [-1L]), OnnxAttribute.Of("keepdims", 1));
    }

    internal static LayerNorm Read(LayerOptionsReader options) => new(options.Number("epsilon"), options.Name);

    private ChannelShape ShapeFor(int rows) => new(rows, InputShape.Size / InputShape[^1], InputShape[^1]);
}
