namespace Shoal.Learning;

public partial class Model
{
    private const string Format = "shoal";
    private const string ArchitectureKey = "architecture";
    private const string StatePrefix = "state/";

    /// <summary>
    /// Saves architecture and parameters as a safetensors file, whole or not at all: a file that is there stays until the new one is complete.
    /// </summary>
    /// <param name="path">The file, by custom <c>….safetensors</c>.</param>
    /// <exception cref="ModelFileException">It cannot be written; ask <see cref="ModelFile.CheckWritable"/> before training.</exception>
    public void Save(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ModelFile.CheckWritable(path);
        SafeTensors.Write(path, FileTensors(""), FileMetadata(Format));
    }

    /// <summary>A model from a file that <see cref="Save"/> wrote, with the same architecture and bits.</summary>
    /// <param name="path">The file; it is checked before memory of the sizes it names is taken.</param>
    /// <param name="options">Threads; the seed does not matter. Null for the defaults.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no model; one line with the place and what to do.</exception>
    public static Model Load(string path, ModelOptions? options = null)
    {
        var file = SafeTensors.Read(path);
        if (!file.Metadata.TryGetValue(ArchitectureKey, out var text))
        {
            throw new ModelFileException(
                path, "holds tensors but no architecture. Build the model in code and call LoadWeights, or save it with Model.Save.");
        }

        Model model;
        try
        {
            var graph = Architecture.Read(path, text);
            Action<IReadOnlyList<(string Name, ParameterPlan Plan)>> check = parameters => Compare(file, parameters);
            model = graph.IsChain ? new Sequential(graph, options, check) : new Model(graph, options, initialise: false, check);
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException(
                path, $"its architecture is not valid: {ModelFileException.Quote(e.Message, 300)} Save the model again with this version of Shoal.", inner: e);
        }

        model.TakeFrom(file);
        return model;
    }

    /// <summary>Replaces all parameters of this model by those of a file with the same names and shapes.</summary>
    /// <param name="path">A safetensors file, by <see cref="Save"/> or by another program with Keras' names.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or of another architecture; nothing has changed then.</exception>
    public void LoadWeights(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var file = SafeTensors.Read(path);
        CheckFile(file);
        TakeFrom(file);
    }

    internal IEnumerable<SavedTensor> FileTensors(string prefix) =>
        Parameters.Select(p => SavedTensor.FromSingles(prefix + p.Name, [.. p.Shape.Select(n => (long)n)], p.ToArray()));

    internal Dictionary<string, string> FileMetadata(string format)
    {
        var metadata = new Dictionary<string, string> { ["format"] = format, [ArchitectureKey] = Architecture.Write(_graph) };
        foreach (var layer in _layers)
        {
            foreach (var (key, value) in layer.State())
                metadata[$"{StatePrefix}{layer.Name}/{key}"] = value;
        }

        return metadata;
    }

    /// <summary>Whether the file holds this architecture and its tensors.</summary>
    internal void CheckFile(SafeTensorsFile file)
    {
        if (file.Metadata.TryGetValue(ArchitectureKey, out var text) && text != Architecture.Write(_graph))
        {
            var other = Architecture.Read(file.Path, text);
            throw OtherArchitecture(file.Path, $"holds a model of {Describe(other)}, expected {Describe(_graph)} and their options");
        }

        Compare(file, [.. _graph.Steps.SelectMany(s => s.Plan.Parameters.Select(p => ($"{s.Layer.Name}/{p.Name}", p)))]);
    }

    private static string Describe(Graph graph)
    {
        var inputs = string.Join(", ", graph.Inputs.Select(i => i.Shape));
        return $"input {inputs} with {graph.Steps.Length} layers ({ModelFileException.Quote(string.Join(", ", graph.Steps.Select(s => s.Layer)), 200)})";
    }

    private static void Compare(SafeTensorsFile file, IReadOnlyList<(string Name, ParameterPlan Plan)> expected)
    {
        foreach (var (name, plan) in expected)
        {
            if (!file.Tensors.TryGetValue(name, out var tensor))
                throw OtherArchitecture(file.Path, $"has no tensor {ModelFileException.Quote(name)}, expected one of shape {plan.Shape}", name);
            if (tensor.Type != TensorType.F32)
                throw OtherArchitecture(file.Path, $"tensor {ModelFileException.Quote(name)} is {tensor.Type}, expected F32", name);
            if (!tensor.Shape.SequenceEqual(plan.Shape.Select(n => (long)n)))
            {
                throw OtherArchitecture(
                    file.Path, $"tensor {ModelFileException.Quote(name)} has shape ({string.Join(", ", tensor.Shape)}), expected {plan.Shape}", name);
            }
        }

        if (file.Tensors.Count != expected.Count)
        {
            var extra = file.Tensors.Keys.Except(expected.Select(e => e.Name)).Order(StringComparer.Ordinal).First();
            throw OtherArchitecture(file.Path, $"tensor {ModelFileException.Quote(extra)} belongs to no layer of the model", extra);
        }
    }

    private static ModelFileException OtherArchitecture(string path, string what, string? tensor = null) =>
        new(path, $"{what}. The file holds another architecture: load the right file, or read this one with Model.Load.", tensor);

    internal void TakeFrom(SafeTensorsFile file)
    {
        foreach (var parameter in Parameters)
            parameter.Set(file.Tensors[parameter.Name].Singles());
        foreach (var layer in _layers)
        {
            foreach (var (key, _) in layer.State())
            {
                if (!file.Metadata.TryGetValue($"{StatePrefix}{layer.Name}/{key}", out var value) || layer.TrySetState(key, value))
                    continue;
                var found = $"{key}: {ModelFileException.Quote(value)}";
                throw new ModelFileException(
                    file.Path, $"its state of layer {ModelFileException.Quote(layer.Name)} is not valid ({found}). Save the model again.");
            }
        }

        MarkChanged();
    }
}
