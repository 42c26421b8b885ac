namespace Shoal.Learning.Onnx;

/// <summary>An attribute of a node; only the field that its type names is set.</summary>
internal sealed record NodeAttribute(string Name, long Type, long Integer, float Single, string? Text, OnnxTensor? Tensor, long[] Integers, float[] Singles, string[] Texts)
{
    // AttributeProto.AttributeType.
    public const int TypeSingle = 1, TypeInteger = 2, TypeText = 3, TypeTensor = 4, TypeSingles = 6, TypeIntegers = 7, TypeTexts = 8;
}

/// <summary>A node as the file has it. An input or output without a name is left out.</summary>
internal sealed record GraphNode(int Number, string Name, string Domain, string OpType, string[] Inputs, string[] Outputs, NodeAttribute[] Attributes)
{
    /// <summary>For messages: <c>node 3 "conv1" (Conv)</c>.</summary>
    public string Place => $"node {Number}{(Name.Length == 0 ? "" : $" \"{ModelFileException.Quote(Name)}\"")} ({ModelFileException.Quote(OpType)})";
}

/// <summary>The content of an ONNX file.</summary>
internal sealed record GraphModel(
    OnnxFile File,
    string Producer,
    IReadOnlyDictionary<string, long> Opsets,
    IReadOnlyList<GraphNode> Nodes,
    IReadOnlyDictionary<string, OnnxTensor> Initializers,
    IReadOnlyList<OnnxValue> Inputs,
    IReadOnlyList<OnnxValue> Outputs);
