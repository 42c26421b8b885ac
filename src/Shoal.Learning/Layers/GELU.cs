using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The Gaussian error linear unit, y = x·Φ(x) with the standard normal distribution Φ(x) = (1 + erf(x/√2))/2.</summary>
/// <remarks>Keras' <c>activations.gelu</c>. Source: Hendrycks and Gimpel, "Gaussian error linear units", arXiv 1606.08415.</remarks>
/// <param name="approximate">Whether it is x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) instead. <value>false</value></param>
/// <param name="name">A name within the model. <value>gelu</value></param>
public sealed class GELU(bool approximate = false, string? name = null)
    : ActivationLayer("GELU", name, approximate ? ActivationFunction.GeluTanh : ActivationFunction.Gelu)
{
    /// <summary>Whether it is the form with tanh.</summary>
    public bool Approximate { get; } = approximate;

    /// <inheritdoc/>
    public override string ToString() => Approximate ? "GELU(approximate)" : "GELU";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteBoolean("approximate", Approximate);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var name = x[0].Name;
        string inner;
        if (Approximate)
        {
            var cubic = graph.Node("Mul", [Product(name, name), graph.Node("Mul", [name, graph.Constant("cubic", 0.044715)])]);
            inner = graph.Node("Tanh", [graph.Node("Mul", [graph.Node("Add", [name, cubic]), graph.Constant("scale", Math.Sqrt(2 / Math.PI))])]);
        }
        else
        {
            inner = graph.Node("Erf", [graph.Node("Mul", [name, graph.Constant("scale", Math.Sqrt(0.5))])]);
        }

        var weight = graph.Node("Add", [inner, graph.Constant("one", 1.0)]);
        return x[0] with { Name = Product(graph.Node("Mul", [name, graph.Constant("half", 0.5)]), weight) };

        string Product(string a, string b) => graph.Node("Mul", [a, b]);
    }

    internal static GELU Read(LayerOptionsReader options) => new(options.Boolean("approximate"), options.Name);
}
