using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The hyperbolic tangent.</summary>
/// <param name="name">A name within the model. <value>tanh</value></param>
public sealed class Tanh(string? name = null) : ActivationLayer("Tanh", name, ActivationFunction.Tanh)
{
    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => graph.Each("Tanh", x[0]);

    internal static Tanh Read(LayerOptionsReader options) => new(options.Name);
}
