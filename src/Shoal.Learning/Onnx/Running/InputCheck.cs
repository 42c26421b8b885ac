namespace Shoal.Learning.Onnx;

/// <summary>Compares what a caller gives with what a model declares.</summary>
internal static class InputCheck
{
    public static OnnxTensor[] InOrder(string path, IReadOnlyList<OnnxValue> declared, IReadOnlyDictionary<string, OnnxTensor> given)
    {
        var problems = new List<string>();
        var symbols = new Dictionary<string, int>(StringComparer.Ordinal);
        var ordered = new OnnxTensor[declared.Count];
        for (var i = 0; i < ordered.Length; i++)
        {
            if (!given.TryGetValue(declared[i].Name, out var tensor) || tensor is null)
                problems.Add($"{declared[i]} is missing");
            else if (Fits(declared[i], tensor, symbols))
                ordered[i] = tensor;
            else
                problems.Add($"{declared[i].Name} is {tensor}, expected {declared[i]}");
        }

        problems.AddRange(given.Keys.Where(name => !declared.Any(value => value.Name == name)).Select(name => $"there is no input {name}"));
        return problems.Count == 0
            ? ordered
            : throw new ArgumentException($"OnnxModel.Run: the inputs do not fit {Path.GetFileName(path)}: {string.Join("; ", problems)}.");
    }

    private static bool Fits(OnnxValue declared, OnnxTensor tensor, Dictionary<string, int> symbols)
    {
        if (tensor.Type != declared.Type)
            return false;
        if (declared.Shape is not { } shape)
            return true;
        if (tensor.Rank != shape.Count)
            return false;
        for (var axis = 0; axis < tensor.Rank; axis++)
        {
            var expected = shape[axis].Size;
            if (shape[axis].Symbol is { } symbol)
            {
                symbols.TryAdd(symbol, tensor.Sizes[axis]);
                expected = symbols[symbol];
            }

            if (expected is { } size && size != tensor.Sizes[axis])
                return false;
        }

        return true;
    }
}
