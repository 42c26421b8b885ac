using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The logistic function, y = 1/(1 + e^−x).</summary>
/// <param name="name">A name within the model. <value>sigmoid</value></param>
public sealed class Sigmoid(string? name = null) : ActivationLayer("Sigmoid", name, ActivationFunction.Sigmoid)
{
    internal override bool IsOutputActivation => true;

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => graph.Each("Sigmoid", x[0]);

    internal static Sigmoid Read(LayerOptionsReader options) => new(options.Name);
}
