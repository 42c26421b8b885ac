using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>In training drops each value with probability <see cref="Rate"/> and divides the others by 1 − rate; otherwise changes nothing.</summary>
/// <remarks>
/// What is dropped depends on the run's seed, the step, the layer's place in the model and the value's position, never on threads.
/// Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014.
/// </remarks>
/// <param name="rate">The share dropped, at least 0 and below 1.</param>
/// <param name="name">A name within the model. <value>dropout</value></param>
public sealed class Dropout(double rate, string? name = null) : Layer("Dropout", name)
{
    private const double LargestRate = 0.999999;

    /// <summary>The share of the values that is dropped.</summary>
    public double Rate { get; } = Check.Between(0, LargestRate, rate, nameof(Dropout), nameof(rate));

    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override bool IsIdentityInInference => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => new(input);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y)
    {
        if (pass.Training)
            Drop(pass, x, y);
        else if (!ReferenceEquals(x, y))
            Kernels.Copy(x, pass.Rows * InputShape.Size, y);
    }

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Drop(pass, dy, dx);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Dropout({Rate})");

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("rate", Rate);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => x[0];

    internal static Dropout Read(LayerOptionsReader options) => new(options.Number("rate"), options.Name);

    private void Drop(in Pass pass, Storage source, Storage destination) => Kernels.Dropout(
        pass.Rows * InputShape.Size, (float)Rate, Seeds.For(pass.Seed, Seeds.Use.Dropout, Number), pass.Step, source, destination);
}
