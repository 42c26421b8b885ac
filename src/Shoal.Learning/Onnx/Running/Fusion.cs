namespace Shoal.Learning.Onnx;

/// <summary>
/// Finds what a convolution of the kernels can do before it stores a value: a BatchNormalization with constant parameters, and a Relu. Such nodes
/// become followers of the convolution, if nobody else reads what lies between.
/// </summary>
internal static class Fusion
{
    public static PlannedNode[] Apply(PlannedNode[] nodes, int[] outputs, OnnxTensor?[] constants)
    {
        var readers = new List<PlannedNode>?[constants.Length];
        foreach (var node in nodes)
        {
            foreach (var slot in node.Inputs.Where(slot => slot >= 0))
                (readers[slot] ??= []).Add(node);
        }

        var asked = outputs.ToHashSet();
        var gone = new HashSet<PlannedNode>();
        foreach (var node in nodes)
        {
            if (node.Node.OpType != "Conv")
                continue;
            var followers = new List<PlannedNode>();
            var last = node;
            while (Next(last) is { } next && (IsNormalization(next, followers.Count) || (next.Node.OpType == "Relu" && last.Node.OpType != "Relu")))
            {
                followers.Add(next);
                gone.Add(next);
                last = next;
            }

            if (followers.Count > 0)
                node.Absorb(followers);
        }

        return [.. nodes.Where(node => !gone.Contains(node))];

        PlannedNode? Next(PlannedNode node) =>
            node.Outputs is [>= 0 and var slot] && !asked.Contains(slot) && readers[slot] is [var only] && only.Inputs[0] == slot ? only : null;

        bool IsNormalization(PlannedNode node, int followersBefore) =>
            followersBefore == 0 && node.Node.OpType == "BatchNormalization" && node.Inputs.Length == 5
            && node.Inputs.Skip(1).All(slot => slot >= 0 && constants[slot] is { Type: TensorType.F32 })
            && !Array.Exists(node.Node.Attributes, a => a is { Name: "training_mode" or "spatial" });
    }
}
