using Shoal.Learning.Onnx;

namespace Shoal.Learning;

public abstract partial class RecurrentLayer
{
    /// <inheritdoc/>
    /// <remarks>
    /// The operators of ONNX have time before rows, and no mask: a length for each row, which says less. With a mask each step becomes a node of
    /// its own, behind which Where keeps the old state of the rows whose step does not count.
    /// </remarks>
    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var form = OnnxForm(graph);
        var sequence = graph.Node("Transpose", [x[0].Name], OnnxAttribute.Of("perm", 1, 0, 2));
        return new(x.Count == 1 ? WriteWhole(graph, form, sequence) : WriteSteps(graph, form, sequence, x[1].Name));
    }

    private protected abstract RecurrentForm OnnxForm(OnnxGraph graph);

    /// <summary>A kernel (n, gates·units) as (1, gates·units, n) with its gates in another order.</summary>
    private protected string KernelFor(OnnxGraph graph, Parameter kernel, int[] order)
    {
        var (rows, columns) = (kernel.Shape[0], kernel.Shape[1]);
        var turned = OnnxGraph.Transposed(kernel.ToArray(), [rows, columns], 1, 0);
        return graph.Constant(kernel, [1, columns, rows], InOrder(turned, Units * rows, order));
    }

    /// <summary>The bias of the kernel, and behind it that of the recurrent kernel, or zeros where there is none, as (1, 2·gates·units).</summary>
    private protected string BiasFor(OnnxGraph graph, int[] order)
    {
        var bias = Bias.ToArray();
        var length = _gates * Units;
        var both = new float[2 * length];
        InOrder(bias[..length], Units, order).CopyTo(both, 0);
        if (bias.Length > length)
            InOrder(bias[length..], Units, order).CopyTo(both, length);
        return graph.Constant(Bias, [1, both.Length], both);
    }

    private static float[] InOrder(float[] gates, int length, int[] order) => [.. order.SelectMany(gate => gates.AsSpan(gate * length, length).ToArray())];

    private string WriteWhole(OnnxGraph graph, RecurrentForm form, string sequence)
    {
        OnnxAttribute[] attributes = [.. Attributes(form), OnnxAttribute.Of("direction", GoBackwards ? "reverse" : "forward")];
        var made = graph.Node(form.Operator, [sequence, .. form.Weights], ReturnSequences ? [true] : [false, true], attributes);
        if (!ReturnSequences)
            return graph.Node("Squeeze", [made[1], graph.Constant("direction", [0L])]);
        var states = graph.Node("Squeeze", [made[0], graph.Constant("direction", [1L])]);

        // There a state lies at its step's place in the input, here where it comes in the order in which steps are taken.
        if (GoBackwards)
        {
            string[] range = [graph.Constant("last", [-1L]), graph.Constant("beforeFirst", [(long)int.MinValue]), graph.Constant("time", [0L]), graph.Constant("back", [-1L])];
            states = graph.Node("Slice", [states, .. range]);
        }

        return graph.Node("Transpose", [states], OnnxAttribute.Of("perm", 1, 0, 2));
    }

    private string WriteSteps(OnnxGraph graph, RecurrentForm form, string sequence, string mask)
    {
        var inputs = Split(graph, sequence);
        var masks = Split(graph, graph.Node("Transpose", [graph.Node("Unsqueeze", [mask, graph.Constant("features", [2L])])], OnnxAttribute.Of("perm", 1, 0, 2)));
        string[] old = form.HasCell ? ["", ""] : [""];
        var zero = graph.Constant("zero", 0.0);
        var states = new string[Steps];
        for (var i = 0; i < Steps; i++)
        {
            var step = GoBackwards ? Steps - 1 - i : i;
            string[] given = i == 0 ? [inputs[step], .. form.Weights] : [inputs[step], .. form.Weights, "", .. old];
            var made = graph.Node(form.Operator, given, form.HasCell ? [false, true, true] : [false, true], Attributes(form));
            var counts = graph.Node("Cast", [masks[step]], OnnxAttribute.Of("to", ElementTypes.ToOnnx(TensorType.BOOL)));
            for (var k = 0; k < old.Length; k++)
                old[k] = graph.Node("Where", [counts, made[k + 1], i == 0 ? zero : old[k]]);
            states[i] = old[0];
        }

        return ReturnSequences
            ? graph.Node("Transpose", [graph.Node("Concat", states, OnnxAttribute.Of("axis", 0))], OnnxAttribute.Of("perm", 1, 0, 2))
            : graph.Node("Squeeze", [old[0], graph.Constant("direction", [0L])]);
    }

    private string[] Split(OnnxGraph graph, string sequence) =>
        graph.Node("Split", [sequence], [.. Enumerable.Repeat(true, Steps)], OnnxAttribute.Of("axis", 0));

    private OnnxAttribute[] Attributes(RecurrentForm form) => [OnnxAttribute.Of("hidden_size", Units), .. form.Attributes];

    /// <summary>A layer in the words of ONNX: its operator, the names of its weights, whether it has a cell beside the state, what else it says.</summary>
    private protected sealed record RecurrentForm(string Operator, string Kernel, string RecurrentKernel, string Bias, bool HasCell, OnnxAttribute[] Attributes)
    {
        public string[] Weights => [Kernel, RecurrentKernel, Bias];
    }
}
