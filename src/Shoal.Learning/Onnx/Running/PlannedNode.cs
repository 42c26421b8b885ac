using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>A node with its function and the slots of its values; −1 stands for an input that is left out and an output that nobody names.</summary>
internal sealed class PlannedNode(GraphNode node, OnnxOperator run, int opset, int[] inputs, int[] outputs)
{
    public GraphNode Node { get; } = node;

    public OnnxOperator Run { get; } = run;

    public int Opset { get; } = opset;

    public int[] Inputs { get; } = inputs;

    public int[] Outputs { get; private set; } = outputs;

    /// <summary>The slots whose values nobody reads after this node.</summary>
    public int[] Frees { get; set; } = [];

    /// <summary>Nodes behind this one whose work it may do on the way; its output is that of the last of them.</summary>
    public IReadOnlyList<PlannedNode> Followers { get; private set; } = [];

    /// <summary>Constants as the kernels want them, made at the first run.</summary>
    public Storage?[] Prepared { get; } = new Storage?[4];

    public void Absorb(IReadOnlyList<PlannedNode> followers) => (Followers, Outputs) = (followers, followers[^1].Outputs);
}
