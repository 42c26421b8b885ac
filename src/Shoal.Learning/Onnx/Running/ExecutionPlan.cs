namespace Shoal.Learning.Onnx;

/// <summary>The order in which the nodes run, where each value lives, and which are constants.</summary>
internal sealed class ExecutionPlan
{
    public const int NewestOpset = 21;
    private const int LongestList = 40;

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly GraphModel _model;

    public ExecutionPlan(GraphModel model)
    {
        _model = model;
        var operators = Operators();
        foreach (var input in model.Inputs)
            Define(input.Name, "two inputs");
        foreach (var name in model.Initializers.Keys)
            Define(name, "an input and an initializer");
        foreach (var node in model.Nodes)
        {
            foreach (var name in node.Outputs.Where(name => name.Length > 0))
                Define(name, $"{node.Place} and something before it");
        }

        PlannedNode[] nodes = [.. model.Nodes.Select((node, i) => new PlannedNode(
            node, operators[i].Run, operators[i].Opset, Slots(node.Inputs, node.Place), Slots(node.Outputs, node.Place)))];
        Constants = new OnnxTensor?[_slots.Count];
        foreach (var (name, tensor) in model.Initializers)
            Constants[_slots[name]] = tensor;
        FoldConstants(nodes);
        Inputs = Slots([.. model.Inputs.Select(input => input.Name)], "the graph");
        Outputs = Slots([.. model.Outputs.Select(output => output.Name)], "an output of the graph");
        Nodes = [.. Sort(nodes).Where(node => node.Outputs.Length != 1 || node.Outputs[0] < 0 || Constants[node.Outputs[0]] is null)];
        Nodes = Fusion.Apply(Nodes, Outputs, Constants);
        PlanFrees();
    }

    public PlannedNode[] Nodes { get; private set; }

    /// <summary>The value of each slot that is the same in every run, else null.</summary>
    public OnnxTensor?[] Constants { get; }

    public int[] Inputs { get; }

    public int[] Outputs { get; }

    /// <summary>The operator of each node; all that are unknown are named in one error.</summary>
    private (OnnxOperator Run, int Opset)[] Operators()
    {
        var opset = _model.Opsets.TryGetValue("", out var version) ? version : 1;
        if (opset is < 1 or > NewestOpset)
            throw _model.File.Wrong($"it is made for opset {opset}", $"Opsets 1 to {NewestOpset} are known: export it for one of them.");
        var found = new (OnnxOperator, int)[_model.Nodes.Count];
        var unknown = new SortedDictionary<string, (int Count, string First)>(StringComparer.Ordinal);
        foreach (var node in _model.Nodes)
        {
            if (OnnxOperators.Find(node.Domain, node.OpType, (int)opset) is { } run)
            {
                found[node.Number] = (run, (int)opset);
                continue;
            }

            var name = ModelFileException.Quote(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}");
            unknown[name] = unknown.TryGetValue(name, out var seen) ? (seen.Count + 1, seen.First) : (1, node.Place);
        }

        if (unknown.Count == 0)
            return found;
        var list = string.Join(", ", unknown.Take(LongestList).Select(u => $"{u.Key} ({u.Value.Count} {(u.Value.Count == 1 ? "time" : "times")}, first {u.Value.First})"));
        var more = unknown.Count > LongestList ? $", and {unknown.Count - LongestList} more" : "";
        throw _model.File.Wrong(
            $"it has operators that are not known in opset {opset}: {list}{more}", "docs/onnx.md lists those that are: export the model without the others.");
    }

    private void Define(string name, string makers)
    {
        if (!_slots.TryAdd(name, _slots.Count))
            throw _model.File.Wrong($"the value \"{ModelFileException.Quote(name)}\" is made twice, by {makers}", tensor: name);
    }

    private int[] Slots(string[] names, string user) => Array.ConvertAll(names, name =>
        name.Length == 0 ? -1
        : _slots.TryGetValue(name, out var slot) ? slot
        : throw _model.File.Wrong($"{user} needs the value \"{ModelFileException.Quote(name)}\", which nothing makes", tensor: name));

    /// <summary>Tensors in Constant nodes are as constant as initializers, so that weights among them are prepared once.</summary>
    private void FoldConstants(PlannedNode[] nodes)
    {
        foreach (var node in nodes)
        {
            if (node is { Node: { OpType: "Constant", Attributes: [{ Name: "value", Tensor: { } value }] }, Outputs: [>= 0 and var slot] })
                Constants[slot] = value;
        }
    }

    /// <summary>Kahn's algorithm: of the nodes that can run, the first in the file runs first.</summary>
    private PlannedNode[] Sort(PlannedNode[] nodes)
    {
        var makers = new int[_slots.Count];
        Array.Fill(makers, -1);
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var slot in nodes[i].Outputs.Where(slot => slot >= 0))
                makers[slot] = i;
        }

        var waits = new int[nodes.Length];
        var readers = new List<int>?[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var maker in nodes[i].Inputs.Where(slot => slot >= 0).Select(slot => makers[slot]).Where(maker => maker >= 0).Distinct())
            {
                (readers[maker] ??= []).Add(i);
                waits[i]++;
            }
        }

        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Length).Where(i => waits[i] == 0).Select(i => (i, i)));
        var sorted = new List<PlannedNode>(nodes.Length);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (var reader in readers[next] ?? [])
            {
                if (--waits[reader] == 0)
                    ready.Enqueue(reader, reader);
            }
        }

        if (sorted.Count < nodes.Length)
        {
            var stuck = nodes[Array.FindIndex(waits, wait => wait > 0)];
            throw _model.File.Wrong($"its graph has a cycle: {stuck.Node.Place} needs, directly or not, what comes of it or of another such node");
        }

        return [.. sorted];
    }

    private void PlanFrees()
    {
        var last = new Dictionary<int, PlannedNode>();
        foreach (var node in Nodes)
        {
            foreach (var slot in node.Inputs.Concat(node.Outputs).Where(slot => slot >= 0))
                last[slot] = node;
        }

        foreach (var slot in Outputs)
            last.Remove(slot);
        foreach (var group in last.GroupBy(pair => pair.Value, pair => pair.Key))
            group.Key.Frees = [.. group.Where(slot => Constants[slot] is null)];
    }
}
