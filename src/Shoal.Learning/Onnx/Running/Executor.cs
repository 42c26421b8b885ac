using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>Runs a plan, node by node, and frees each value behind its last reader.</summary>
internal sealed class Executor(GraphModel model, ExecutionPlan plan, Workspace workspace, long memoryLimit)
{
    private readonly ImagePool _images = new(workspace);
    private Storage? _x;
    private Storage? _weights;
    private Storage? _y;

    public IKernels Kernels => workspace.Kernels;

    public OnnxTensor[] Run(OnnxTensor[] inputs, CancellationToken cancel)
    {
        var values = plan.Constants.ToArray();
        var budget = new MemoryBudget(memoryLimit);
        try
        {
            for (var i = 0; i < inputs.Length; i++)
                Keep(values, budget, plan.Inputs[i], inputs[i]);
            foreach (var node in plan.Nodes)
            {
                cancel.ThrowIfCancellationRequested();
                Run(node, values, budget);
            }

            return Array.ConvertAll(plan.Outputs, slot => values[slot]!.Finished());
        }
        finally
        {
            _images.ReturnAll();
        }
    }

    /// <summary>A place at the kernels for an image of so many floats, until the last tensor that shows it is freed.</summary>
    public KernelImage RentImage(int length) => _images.Rent(length);

    /// <summary>Memory of the kernels for one operator's input, weights or output; what it held may be lost.</summary>
    public Storage ScratchInput(int length) => Grow(ref _x, length);

    /// <inheritdoc cref="ScratchInput"/>
    public Storage ScratchWeights(int length) => Grow(ref _weights, length);

    /// <inheritdoc cref="ScratchInput"/>
    public Storage ScratchOutput(int length) => Grow(ref _y, length);

    public Storage Allocate(int length) => workspace.Allocate(length);

    private void Run(PlannedNode node, OnnxTensor?[] values, MemoryBudget budget)
    {
        budget.Begin();
        var call = new OnnxCall(this, model.File, node, values, plan.Constants, budget);
        var outputs = Run(call, node);
        if (!call.FollowersDone)
            outputs = RunFollowers(node, outputs, values, budget);
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i] < 0)
                continue;
            if (i >= outputs.Length)
                throw call.Wrong($"makes {outputs.Length} outputs, but the graph names {node.Outputs.Length}");
            Keep(values, budget, node.Outputs[i], outputs[i]);
        }

        foreach (var slot in node.Frees)
        {
            var value = values[slot]!;
            if (budget.Free(value) && value.Image is { } image)
                _images.Return(image);
            values[slot] = null;
        }
    }

    private static void Keep(OnnxTensor?[] values, MemoryBudget budget, int slot, OnnxTensor value)
    {
        values[slot] = value;
        budget.Keep(value);
    }

    /// <summary>Operators check what they expect; arithmetic on sizes from a file may still leave its range, which is the file's fault, too.</summary>
    private static OnnxTensor[] Run(OnnxCall call, PlannedNode node)
    {
        try
        {
            return node.Run(call);
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException or IndexOutOfRangeException)
        {
            throw call.Wrong($"cannot be computed: {ModelFileException.Quote(e.Message, 200)}", e);
        }
    }

    /// <summary>The nodes whose work an operator could have done on the way, one after another.</summary>
    private OnnxTensor[] RunFollowers(PlannedNode node, OnnxTensor[] outputs, OnnxTensor?[] values, MemoryBudget budget)
    {
        foreach (var follower in node.Followers)
        {
            values[follower.Inputs[0]] = outputs[0];
            outputs = Run(new OnnxCall(this, model.File, follower, values, plan.Constants, budget), follower);
            values[follower.Inputs[0]] = null;
        }

        return outputs;
    }

    private Storage Grow(ref Storage? storage, int length)
    {
        workspace.Grow(ref storage, length);
        return storage!;
    }
}
