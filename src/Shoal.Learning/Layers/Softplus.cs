using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A smooth rectifier, y = log(1 + eˣ).</summary>
/// <param name="name">A name within the model. <value>softplus</value></param>
public sealed class Softplus(string? name = null) : ActivationLayer("Softplus", name, ActivationFunction.Softplus)
{
    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => graph.Each("Softplus", x[0]);

    internal static Softplus Read(LayerOptionsReader options) => new(options.Name);
}
