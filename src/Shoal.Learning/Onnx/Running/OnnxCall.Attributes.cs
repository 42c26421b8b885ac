namespace Shoal.Learning.Onnx;

internal sealed partial class OnnxCall
{
    public bool Has(string name) => Array.Exists(node.Node.Attributes, a => a.Name == name);

    public long Integer(string name, long absent) => Find(name, NodeAttribute.TypeInteger)?.Integer ?? absent;

    public bool Flag(string name, bool absent) => Integer(name, absent ? 1 : 0) != 0;

    public float Single(string name, float absent) => Find(name, NodeAttribute.TypeSingle)?.Single ?? absent;

    public string Text(string name, string absent) => Find(name, NodeAttribute.TypeText)?.Text ?? absent;

    public long[]? Integers(string name) => Find(name, NodeAttribute.TypeIntegers)?.Integers;

    public float[]? Singles(string name) => Find(name, NodeAttribute.TypeSingles)?.Singles;

    public string[]? Texts(string name) => Find(name, NodeAttribute.TypeTexts)?.Texts;

    public OnnxTensor? Tensor(string name) => Find(name, NodeAttribute.TypeTensor)?.Tensor;

    private NodeAttribute? Find(string name, int type)
    {
        var found = Array.Find(node.Node.Attributes, a => a.Name == name);
        // The first versions of the format had no field for the type.
        return found is null || found.Type == type || found.Type == 0 ? found : throw Wrong($"has an attribute {name} of another type than expected");
    }
}
