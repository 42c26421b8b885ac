using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Long short-term memory, with tanh and sigmoid as in Keras' defaults; see <see cref="RecurrentLayer"/> for the shapes.</summary>
/// <remarks>
/// kernel (features, 4·units), recurrent_kernel (units, 4·units), bias (4·units), with the gates in the order i f c o. The bias of the forget gate
/// begins at 1, the recurrent kernel orthogonal. Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 1997; Gers et
/// al., "Learning to forget", 2000.
/// </remarks>
/// <param name="units">The values of the state, 1 or more.</param>
/// <param name="returnSequences">Whether the output holds the state after every step. <value>false</value></param>
/// <param name="goBackwards">Whether the sequence is read from its end. <value>false</value></param>
/// <param name="name">A name within the model. <value>lstm</value></param>
public sealed class LSTM(int units, bool returnSequences = false, bool goBackwards = false, string? name = null)
    : RecurrentLayer("LSTM", Gates, units, returnSequences, goBackwards, name)
{
    private const int Gates = 4;

    private protected override RecurrentForm OnnxForm(OnnxGraph graph)
    {
        // i f c o here, i o f c there; a bias beside each kernel there.
        int[] order = [0, 3, 1, 2];
        return new("LSTM", KernelFor(graph, Kernel, order), KernelFor(graph, RecurrentKernel, order), BiasFor(graph, order), HasCell: true, []);
    }

    internal static LSTM Read(LayerOptionsReader options) => new(
        options.Integer("units"), options.Boolean("returnSequences"), options.Boolean("goBackwards"), options.Name);

    private protected override ParameterPlan PlanBias() => new("bias", [Gates * Units], new ForgetBias(Units));

    private protected override void Run(in Pass pass, Storage x, Storage? mask, Storage y) => Kernels.LstmForward(
        ShapeFor(pass.Rows), x, mask, Kernel.Value, RecurrentKernel.Value, Bias.Value, pass.Training ? Cache(pass.Rows) : null, y);

    private protected override void RunBack(in Pass pass, Storage x, Storage? mask, Storage dy, Storage? dx) => Kernels.LstmGradient(
        ShapeFor(pass.Rows), x, mask, Kernel.Value, RecurrentKernel.Value, Cache(pass.Rows), dy, Kernel.Gradient!, RecurrentKernel.Gradient!,
        Bias.Gradient!, dx);

    private LstmCache Cache(int rows)
    {
        var (gates, cells, states) = Caches(rows, second: 1);
        return new(gates, cells, states);
    }

    /// <summary>0 but for the forget gate's 1, so that a new network remembers.</summary>
    private sealed record ForgetBias(int Units) : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            values.Clear();
            values.Slice(Units, Units).Fill(1);
        }
    }
}
