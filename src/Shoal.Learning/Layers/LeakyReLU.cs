using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The rectifier with a slope left of 0: y = x where x &gt; 0, else slope·x.</summary>
/// <param name="negativeSlope">The slope left of 0, from 0 to 1e6. <value>0.3</value></param>
/// <param name="name">A name within the model. <value>leaky_re_lu</value></param>
public sealed class LeakyReLU(double negativeSlope = 0.3, string? name = null)
    : ActivationLayer("LeakyReLU", name, ActivationFunction.LeakyRelu, negativeSlope)
{
    /// <summary>The slope left of 0.</summary>
    public double NegativeSlope { get; } = Check.Between(0, 1e6, negativeSlope, nameof(LeakyReLU), nameof(negativeSlope));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"LeakyReLU({NegativeSlope})");

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("negativeSlope", NegativeSlope);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        graph.Each("LeakyRelu", x[0], OnnxAttribute.Of("alpha", (float)NegativeSlope));

    internal static LeakyReLU Read(LayerOptionsReader options) => new(options.Number("negativeSlope"), options.Name);
}
