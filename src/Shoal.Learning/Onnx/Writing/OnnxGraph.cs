namespace Shoal.Learning.Onnx;

/// <summary>Collects the nodes that layers write, names what they make, and puts a Transpose only where the order of images must change.</summary>
/// <remarks>
/// A convolution gives images channels first and says so; the next one takes them as they are, and a Flatten asks for them channels last. So
/// pairs of Transposes that would cancel are never made, and a value is turned once for all who ask. Nothing is written before
/// <see cref="Save"/>. Not thread-safe.
/// </remarks>
internal sealed class OnnxGraph
{
    private readonly List<(string Name, OnnxDimension[] Shape)> _inputs = [];
    private readonly List<(string Name, OnnxDimension[] Shape, GraphValue Value)> _outputs = [];
    private readonly List<(string Name, OnnxTensor Tensor)> _constants = [];
    private readonly List<(string Operator, string[] Inputs, string[] Outputs, OnnxAttribute[] Attributes)> _nodes = [];
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<GraphValue, string> _turned = [];
    private string _layer = "";

    /// <summary>What follows belongs to this layer and is called after it.</summary>
    public void Begin(Layer layer) => _layer = layer.Name;

    /// <summary>An input of the graph, a sample of which has this shape.</summary>
    public GraphValue Input(string name, Shape shape)
    {
        _inputs.Add((name, WithRows(shape)));
        return new(name);
    }

    /// <summary>An output of the graph, a sample of which has this shape.</summary>
    public void Output(string name, Shape shape, GraphValue value) => _outputs.Add((name, WithRows(shape), value));

    /// <summary>A node with one output.</summary>
    /// <returns>The name of what it makes.</returns>
    public string Node(string operatorType, IEnumerable<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(operatorType, inputs, [true], attributes)[0];

    /// <summary>A node with the outputs that are wanted.</summary>
    /// <returns>The name of each output, empty for one that is not wanted.</returns>
    public string[] Node(string operatorType, IEnumerable<string> inputs, bool[] wanted, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        var outputs = Array.ConvertAll(wanted, output => output ? Fresh(operatorType) : "");
        _nodes.Add((operatorType, [.. inputs], outputs, attributes.ToArray()));
        _made.UnionWith(outputs);
        return outputs;
    }

    /// <summary>A node that works on each element, in whatever order they lie.</summary>
    public GraphValue Each(string operatorType, GraphValue x, params ReadOnlySpan<OnnxAttribute> attributes) =>
        x with { Name = Node(operatorType, [x.Name], attributes) };

    /// <summary>A parameter as it is.</summary>
    public string Constant(Parameter parameter) => Constant(parameter, [.. parameter.Shape], parameter.ToArray());

    /// <summary>A parameter in another shape or order.</summary>
    public string Constant(Parameter parameter, ReadOnlySpan<int> shape, ReadOnlySpan<float> values) =>
        Constant(parameter.Name[(parameter.Name.LastIndexOf('/') + 1)..], shape, values);

    /// <summary>An array of numbers.</summary>
    public string Constant(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> values) => Add(name, OnnxTensor.Create(shape, values));

    /// <summary>One number, which fits every shape.</summary>
    public string Constant(string name, double value) => Constant(name, [], [(float)value]);

    /// <summary>A list of whole numbers: sizes, axes.</summary>
    public string Constant(string name, params long[] values) => Add(name, OnnxTensor.Create<long>([values.Length], values));

    /// <summary>The name of a value with images channels first.</summary>
    /// <param name="value">Of four axes.</param>
    public string ChannelsFirst(GraphValue value) => value.ChannelsFirst ? value.Name : Turned(value, 0, 3, 1, 2);

    /// <summary>The name of a value in our own order.</summary>
    public string ChannelsLast(GraphValue value) => value.ChannelsFirst ? Turned(value, 0, 2, 3, 1) : value.Name;

    /// <summary>Values of one shape in the same order: channels first as soon as one of them is.</summary>
    public (string[] Names, bool ChannelsFirst) InOneOrder(IReadOnlyList<GraphValue> values)
    {
        var first = values.Any(value => value.ChannelsFirst);
        return ([.. values.Select(value => first ? ChannelsFirst(value) : ChannelsLast(value))], first);
    }

    /// <summary>An array with its axes in another order.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="sizes">The sizes of its axes.</param>
    /// <param name="order">For each axis of the result the one that it was.</param>
    public static float[] Transposed(float[] values, int[] sizes, params int[] order)
    {
        var strides = Odometer.Strides(sizes);
        var walk = new Odometer(Array.ConvertAll(order, axis => sizes[axis]), Array.ConvertAll(order, axis => strides[axis]));
        var turned = new float[values.Length];
        for (var i = 0; i < turned.Length; i++, walk.Next())
            turned[i] = values[walk.Offsets[0]];
        return turned;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The graph's name.</param>
    /// <exception cref="ModelFileException">It cannot be written.</exception>
    public void Save(string path, string name)
    {
        var final = NameOutputs();
        var writer = new OnnxWriter(name);
        foreach (var (input, shape) in _inputs)
            writer.Input(input, TensorType.F32, shape);
        foreach (var (constant, tensor) in _constants)
            writer.Initializer(constant, tensor);
        foreach (var node in _nodes)
            writer.Node(node.Operator, node.Inputs.Select(Final), node.Outputs.Select(Final), node.Attributes);
        foreach (var (output, shape, _) in _outputs)
            writer.Output(output, TensorType.F32, shape);
        writer.Save(path);

        string Final(string value) => final.GetValueOrDefault(value, value);
    }

    private static OnnxDimension[] WithRows(Shape shape) => [new(null, "N"), .. shape.Select(size => new OnnxDimension(size, null))];

    // The node that makes an output gives it its name; a value that has one already is passed on under the other.
    private Dictionary<string, string> NameOutputs()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, value) in _outputs)
        {
            _layer = name;
            var last = ChannelsLast(value);
            if (!_made.Contains(last) || names.ContainsKey(last))
                last = Node("Identity", [last]);
            names.Add(last, name);
        }

        return names;
    }

    private string Turned(GraphValue value, params long[] order)
    {
        if (!_turned.TryGetValue(value, out var turned))
            _turned[value] = turned = Node("Transpose", [value.Name], OnnxAttribute.Of("perm", order));
        return turned;
    }

    private string Add(string name, OnnxTensor tensor)
    {
        var constant = Fresh(name);
        _constants.Add((constant, tensor));
        return constant;
    }

    // Neither inputs nor layers have a "/" in their names, so that nothing here can be called like them.
    private string Fresh(string what)
    {
        var name = $"{_layer}/{what}";
        var count = _taken.GetValueOrDefault(name);
        _taken[name] = count + 1;
        return count == 0 ? name : FormattableString.Invariant($"{name}/{count}");
    }
}
