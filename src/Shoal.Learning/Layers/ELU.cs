using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The exponential linear unit: y = x where x &gt; 0, else alpha·(eˣ − 1).</summary>
/// <remarks>Source: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units", ICLR 2016.</remarks>
/// <param name="alpha">How far below 0 it goes, from 0 to 1e6. <value>1</value></param>
/// <param name="name">A name within the model. <value>elu</value></param>
public sealed class ELU(double alpha = 1, string? name = null) : ActivationLayer("ELU", name, ActivationFunction.Elu, alpha)
{
    /// <summary>How far below 0 it goes.</summary>
    public double Alpha { get; } = Check.Between(0, 1e6, alpha, nameof(ELU), nameof(alpha));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"ELU({Alpha})");

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("alpha", Alpha);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        graph.Each("Elu", x[0], OnnxAttribute.Of("alpha", (float)Alpha));

    internal static ELU Read(LayerOptionsReader options) => new(options.Number("alpha"), options.Name);
}
