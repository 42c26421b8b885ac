namespace Shoal.Learning.Onnx;

/// <summary>An attribute of a node to write, by the type of its value.</summary>
internal sealed class OnnxAttribute
{
    private readonly Action<ProtoWriter> _write;

    private OnnxAttribute(string name, int type, Action<ProtoWriter> write) => (Name, Type, _write) = (name, type, write);

    public string Name { get; }

    /// <summary>A number of <see cref="NodeAttribute"/>.</summary>
    public int Type { get; }

    public static OnnxAttribute Of(string name, long value) => new(name, NodeAttribute.TypeInteger, writer => writer.Integer(3, value));

    public static OnnxAttribute Of(string name, float value) => new(name, NodeAttribute.TypeSingle, writer => writer.Single(2, value));

    public static OnnxAttribute Of(string name, string value) => new(name, NodeAttribute.TypeText, writer => writer.Text(4, value));

    public static OnnxAttribute Of(string name, OnnxTensor value) =>
        new(name, NodeAttribute.TypeTensor, writer => writer.Message(5, OnnxWriter.Tensor(null, value)));

    public static OnnxAttribute Of(string name, params long[] values) => new(name, NodeAttribute.TypeIntegers, writer =>
    {
        foreach (var value in values)
            writer.Integer(8, value);
    });

    public static OnnxAttribute Of(string name, params float[] values) => new(name, NodeAttribute.TypeSingles, writer =>
    {
        foreach (var value in values)
            writer.Single(7, value);
    });

    public ProtoWriter Write()
    {
        var writer = new ProtoWriter();
        writer.Text(1, Name);
        _write(writer);
        writer.Integer(20, Type);
        return writer;
    }
}
