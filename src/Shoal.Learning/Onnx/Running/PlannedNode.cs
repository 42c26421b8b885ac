using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>A node with its function and the slots of its values; −1 stands for an input that is left out and an output that nobody names.</summary>
internal sealed class PlannedNode(GraphNode node, OnnxOperator run, int opset, int[] inputs, int[] outputs)
{
    public GraphNode Node { get; } = node;

    public OnnxOperator Run { get; } = run;

    public int Opset { get; } = opset;

    public int[] Inputs { get; } = inputs;

    public int[] Outputs { get; } = outputs;

    /// <summary>The slots whose values nobody reads after this node.</summary>
    public int[] Frees { get; set; } = [];

    /// <summary>Constant weights as the kernels want them, made at the first run.</summary>
    public Storage? Weights { get; set; }
}
