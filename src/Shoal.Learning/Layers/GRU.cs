using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A gated recurrent unit, with tanh and sigmoid as in Keras' defaults; see <see cref="RecurrentLayer"/> for the shapes.</summary>
/// <remarks>
/// kernel (features, 3·units), recurrent_kernel (units, 3·units), with the gates in the order z r h; bias (2, 3·units), that of x and that of the
/// state, or (3·units) where the reset comes before the product. Source: Cho et al., "Learning phrase representations using RNN
/// encoder-decoder", EMNLP 2014.
/// </remarks>
/// <param name="units">The values of the state, 1 or more.</param>
/// <param name="returnSequences">Whether the output holds the state after every step. <value>false</value></param>
/// <param name="goBackwards">Whether the sequence is read from its end. <value>false</value></param>
/// <param name="resetAfter">Whether the reset gate acts after the product with the recurrent kernel, else before it. <value>true</value></param>
/// <param name="name">A name within the model. <value>gru</value></param>
public sealed class GRU(int units, bool returnSequences = false, bool goBackwards = false, bool resetAfter = true, string? name = null)
    : RecurrentLayer("GRU", Gates, units, returnSequences, goBackwards, name)
{
    private const int Gates = 3;

    /// <summary>Whether the reset gate acts after the product with the recurrent kernel.</summary>
    public bool ResetAfter { get; } = resetAfter;

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        base.WriteOptions(writer);
        writer.WriteBoolean("resetAfter", ResetAfter);
    }

    private protected override RecurrentForm OnnxForm(OnnxGraph graph)
    {
        int[] order = [0, 1, 2];
        return new(
            "GRU", KernelFor(graph, Kernel, order), KernelFor(graph, RecurrentKernel, order), BiasFor(graph, order), HasCell: false,
            [OnnxAttribute.Of("linear_before_reset", ResetAfter ? 1 : 0)]);
    }

    internal static GRU Read(LayerOptionsReader options) => new(
        options.Integer("units"), options.Boolean("returnSequences"), options.Boolean("goBackwards"), options.Boolean("resetAfter"), options.Name);

    private protected override ParameterPlan PlanBias() => new("bias", ResetAfter ? [2, Gates * Units] : [Gates * Units], Initializer.Zeros);

    private protected override void Run(in Pass pass, Storage x, Storage? mask, Storage y) => Kernels.GruForward(
        ShapeFor(pass.Rows), ResetAfter, x, mask, Kernel.Value, RecurrentKernel.Value, Bias.Value, pass.Training ? Cache(pass.Rows) : null, y);

    private protected override void RunBack(in Pass pass, Storage x, Storage? mask, Storage dy, Storage? dx) => Kernels.GruGradient(
        ShapeFor(pass.Rows), ResetAfter, x, mask, Kernel.Value, RecurrentKernel.Value, Cache(pass.Rows), dy, Kernel.Gradient!, RecurrentKernel.Gradient!,
        Bias.Gradient!, dx);

    private GruCache Cache(int rows)
    {
        var (gates, recurrent, states) = Caches(rows, second: ResetAfter ? Gates : 1);
        return new(gates, recurrent, states);
    }
}
