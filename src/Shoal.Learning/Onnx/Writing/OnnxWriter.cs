namespace Shoal.Learning.Onnx;

/// <summary>Collects a graph and writes it as an ONNX file of format 8 and opset 15, which ONNX Runtime has read since 2021.</summary>
/// <remarks>
/// Nodes are written in the order in which they are added, which must be one in which they can run. Not thread-safe. Source of the fields:
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
/// </remarks>
/// <param name="name">The graph's name.</param>
internal sealed class OnnxWriter(string name)
{
    public const int IrVersion = 8;
    public const int Opset = 15;
    private const string Producer = "Shoal";

    // Protobuf's limit: readers refuse what is longer.
    private const long LargestFile = int.MaxValue;

    private readonly List<ProtoWriter> _nodes = [];
    private readonly List<ProtoWriter> _initializers = [];
    private readonly List<ProtoWriter> _inputs = [];
    private readonly List<ProtoWriter> _outputs = [];
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <summary>An input of the graph.</summary>
    /// <param name="value">Its name.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its axes; an open one has a symbol, as N.</param>
    public void Input(string value, TensorType type, params ReadOnlySpan<OnnxDimension> shape)
    {
        Define(value);
        _inputs.Add(Declaration(value, type, shape));
    }

    /// <summary>An output of the graph; a node must make it.</summary>
    /// <inheritdoc cref="Input" path="/param"/>
    public void Output(string value, TensorType type, params ReadOnlySpan<OnnxDimension> shape) => _outputs.Add(Declaration(value, type, shape));

    /// <summary>A constant. Its elements are not copied: they must not change before the file is written.</summary>
    public void Initializer(string value, OnnxTensor tensor)
    {
        Define(value);
        _initializers.Add(Tensor(value, tensor));
    }

    /// <summary>A node.</summary>
    /// <param name="operatorType">As in <c>Conv</c>.</param>
    /// <param name="inputs">Values that are there already; an empty name leaves an input out.</param>
    /// <param name="outputs">Values that the node makes.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <exception cref="ArgumentException">An input is not there, or an output is.</exception>
    public void Node(string operatorType, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        var writer = new ProtoWriter();
        foreach (var input in inputs)
        {
            if (input.Length > 0 && !_values.Contains(input))
                throw new ArgumentException($"OnnxWriter.Node: {operatorType} needs the value \"{input}\", which nothing has made yet. Add its maker first.", nameof(inputs));
            writer.Text(1, input);
        }

        foreach (var output in outputs)
        {
            Define(output);
            writer.Text(2, output);
        }

        writer.Text(3, $"{operatorType}_{_nodes.Count}");
        writer.Text(4, operatorType);
        foreach (var attribute in attributes)
            writer.Message(5, attribute.Write());
        _nodes.Add(writer);
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="ModelFileException">It cannot be written, or is longer than a reader would take.</exception>
    public void Save(string path)
    {
        var graph = new ProtoWriter();
        Add(graph, 1, _nodes);
        graph.Text(2, name);
        Add(graph, 5, _initializers);
        Add(graph, 11, _inputs);
        Add(graph, 12, _outputs);
        var opset = new ProtoWriter();
        opset.Text(1, "");
        opset.Integer(2, Opset);
        var model = new ProtoWriter();
        model.Integer(1, IrVersion);
        model.Text(2, Producer);
        model.Message(7, graph);
        model.Message(8, opset);
        if (model.Length > LargestFile)
            throw new ModelFileException(path, $"would take {model.Length} bytes, and an ONNX file can have {LargestFile} at most. Save the model with Model.Save instead.");
        WholeFile.Write(path, model.WriteTo);
    }

    internal static ProtoWriter Tensor(string? name, OnnxTensor tensor)
    {
        var writer = new ProtoWriter();
        foreach (var size in tensor.Sizes)
            writer.Integer(1, size);
        writer.Integer(2, ElementTypes.ToOnnx(tensor.Type));
        if (name is not null)
            writer.Text(8, name);
        writer.Bytes(9, tensor.LittleEndian());
        return writer;
    }

    private static ProtoWriter Declaration(string value, TensorType type, ReadOnlySpan<OnnxDimension> shape)
    {
        var axes = new ProtoWriter();
        foreach (var dimension in shape)
        {
            var axis = new ProtoWriter();
            if (dimension.Size is { } size)
                axis.Integer(1, size);
            else if (dimension.Symbol is { } symbol)
                axis.Text(2, symbol);
            axes.Message(1, axis);
        }

        var tensor = new ProtoWriter();
        tensor.Integer(1, ElementTypes.ToOnnx(type));
        tensor.Message(2, axes);
        var kind = new ProtoWriter();
        kind.Message(1, tensor);
        var writer = new ProtoWriter();
        writer.Text(1, value);
        writer.Message(2, kind);
        return writer;
    }

    private static void Add(ProtoWriter graph, int field, List<ProtoWriter> messages)
    {
        foreach (var message in messages)
            graph.Message(field, message);
    }

    private void Define(string value)
    {
        if (value.Length > 0 && !_values.Add(value))
            throw new ArgumentException($"OnnxWriter: the value \"{value}\" is there already. Give each value a name of its own.", nameof(value));
    }
}
