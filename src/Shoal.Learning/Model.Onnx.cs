using Shoal.Learning.Onnx;

namespace Shoal.Learning;

public partial class Model
{
    /// <summary>Saves the model as an ONNX file that other programs run, whole or not at all: what it predicts, without what only training needs.</summary>
    /// <remarks>
    /// Format 8, opset 15. Inputs have the names of <see cref="Inputs"/>, outputs those of <see cref="OutputNames"/>; all are float32 in the shapes
    /// that they have here, images channels last, behind a symbolic axis N for the rows. The outputs are those of <see cref="Predict(ReadOnlySpan{float}, CancellationToken)"/>
    /// but for rounding. To train on, save with <see cref="Save"/>: an ONNX file is read by <see cref="OnnxModel"/>, not back into a model.
    /// docs/onnx.md says what each layer becomes.
    /// </remarks>
    /// <param name="path">The file, by custom <c>….onnx</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// A layer has no form in ONNX, as layers of one's own have none, or an output is called like an input. The message names them all, and no file is touched.
    /// </exception>
    /// <exception cref="ModelFileException">The file cannot be written, or would be larger than 2 GB, the most that an ONNX file can be.</exception>
    public void SaveOnnx(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var graph = BuildOnnx();
        ModelFile.CheckWritable(path);
        graph.Save(path, "model");
    }

    private OnnxGraph BuildOnnx()
    {
        var graph = new OnnxGraph();
        var values = new GraphValue[_graph.ValueCount];
        for (var i = 0; i < Inputs.Count; i++)
            values[i] = graph.Input(Inputs[i].Name, Inputs[i].Shape);
        var refused = new List<Layer>();
        foreach (var step in _graph.Steps)
        {
            graph.Begin(step.Layer);
            if (step.Layer.WriteOnnx(graph, [.. step.Inputs.Select(value => values[value])]) is { } made)
                values[step.Output] = made;
            else
                refused.Add(step.Layer);
        }

        if (refused.Count > 0)
        {
            throw new InvalidOperationException(
                $"Model.SaveOnnx: no form in ONNX is known for {string.Join(", ", refused.Select(layer => $"{layer} \"{layer.Name}\""))}. "
                + "Build the model of Shoal's own layers instead, end it before such a layer, or save it with Model.Save.");
        }

        for (var i = 0; i < OutputNames.Count; i++)
        {
            var name = OutputNames[i];
            if (Inputs.Any(input => input.Name == name))
                throw new InvalidOperationException($"Model.SaveOnnx: an input and the layer of an output are both called \"{name}\", and values of an ONNX graph cannot be. Give the layer another name.");
            graph.Output(name, OutputShapes[i], values[_graph.Outputs[i]]);
        }

        return graph;
    }
}
