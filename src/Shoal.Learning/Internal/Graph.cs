namespace Shoal.Learning;

/// <summary>A model's layers in an order in which each comes after its inputs, and its values by number: first the inputs, then one a layer.</summary>
internal sealed class Graph
{
    private readonly Shape[] _shapes;
    private readonly List<int>[] _consumers;

    public Graph(IReadOnlyList<Input> inputs, IReadOnlyList<Node> outputs)
    {
        (Inputs, OutputNodes) = (inputs, outputs);
        if (inputs.Count == 0 || outputs.Count == 0)
            throw new ArgumentException($"A model needs at least one input and one output (got {inputs.Count} and {outputs.Count}).");
        var numbers = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        foreach (var input in inputs)
        {
            if (inputs.Any(other => other != input && other.Name == input.Name) || !numbers.TryAdd(input, numbers.Count))
                throw new ArgumentException($"Two inputs of the model have the name \"{input.Name}\". Give each input a name of its own, and name it once.");
        }

        var steps = new List<Step>();
        foreach (var output in outputs)
            Add(output, numbers, steps, inputs.Count);
        Steps = [.. steps];
        Outputs = [.. outputs.Select(o => numbers[o])];
        _shapes = [.. inputs.Select(i => i.Shape), .. Steps.Select(s => s.Plan.Output)];
        _consumers = [.. Enumerable.Range(0, _shapes.Length).Select(_ => new List<int>())];
        for (var step = 0; step < Steps.Length; step++)
        {
            foreach (var value in Steps[step].Inputs.Distinct())
                _consumers[value].Add(step);
        }

        Check();
    }

    public IReadOnlyList<Input> Inputs { get; }

    public IReadOnlyList<Node> OutputNodes { get; }

    public Step[] Steps { get; }

    /// <summary>The values that are the model's outputs.</summary>
    public int[] Outputs { get; }

    public int ValueCount => _shapes.Length;

    /// <summary>Whether the layers that somebody wrote down are one row from the only input to the only output.</summary>
    public bool IsChain
    {
        get
        {
            if (Inputs.Count != 1 || Outputs.Length != 1 || Inputs[0].Name != Sequential.InputName)
                return false;
            var value = 0;
            foreach (var step in Steps.Where(s => !s.IsImplied))
            {
                if (step.Inputs[0] != value || !step.Inputs.Skip(1).All(v => ProducerOf(v) >= 0 && Steps[ProducerOf(v)].IsImplied))
                    return false;
                value = step.Output;
            }

            return value == Outputs[0];
        }
    }

    public Shape ShapeOf(int value) => _shapes[value];

    /// <summary>The steps that read a value, in order; a step that reads it twice stands here once.</summary>
    public IReadOnlyList<int> ConsumersOf(int value) => _consumers[value];

    /// <summary>The step that makes a value, or −1 for an input of the model.</summary>
    public int ProducerOf(int value) => value - Inputs.Count;

    // Depth first with a stack of our own: a chain may be longer than the thread's stack is deep.
    private static void Add(Node output, Dictionary<Node, int> numbers, List<Step> steps, int inputs)
    {
        var path = new Stack<Node>([output]);
        while (path.TryPeek(out var node))
        {
            if (numbers.ContainsKey(node))
            {
                path.Pop();
                continue;
            }

            if (node is not LayerNode made)
                throw new ArgumentException($"{node} is used by the model, but not among its inputs. Name it in the list of inputs.");
            var missing = made.Inputs.Where(i => !numbers.ContainsKey(i)).ToArray();
            if (missing.Length == 0)
            {
                numbers[node] = inputs + steps.Count;
                steps.Add(new(made.Layer, made.Plan, [.. made.Inputs.Select(i => numbers[i])], inputs + steps.Count, made.IsImplied));
                path.Pop();
                continue;
            }

            foreach (var input in missing.Reverse())
                path.Push(input);
        }
    }

    private void Check()
    {
        for (var i = 0; i < Inputs.Count; i++)
        {
            if (_consumers[i].Count == 0)
                throw new ArgumentException($"{Inputs[i]} does not lead to any output of the model. Leave it out, or use it.");
        }

        if (Outputs.Distinct().Count() < Outputs.Length)
            throw new ArgumentException("The same value is named twice among the outputs of the model.");
        foreach (var output in Outputs)
        {
            if (ProducerOf(output) < 0)
                throw new ArgumentException($"{Inputs[output]} is an output of the model as it is. Put a layer on it.");
        }
    }

    /// <summary>One layer in its place.</summary>
    internal sealed record Step(Layer Layer, LayerPlan Plan, int[] Inputs, int Output, bool IsImplied);
}
