using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A network from an ONNX file, ready to run.</summary>
/// <remarks>
/// The file is not trusted: it is checked whole before anything runs, and what a run may allocate is limited. Results have the same bits for any
/// number of threads and any vector width. Which operators there are is listed in docs/onnx.md.
/// Thread-safe: runs take turns. Dispose frees the weights and, unless they were given, the kernels.
/// </remarks>
/// <example><code>
/// using var model = OnnxModel.Load("cnn.onnx");
/// var outputs = model.Run(new() { ["image"] = OnnxTensor.Create([1, 28, 28, 1], pixels) });
/// float[] probabilities = outputs["probabilities"].ToArray&lt;float&gt;();
/// </code></example>
public sealed class OnnxModel : IDisposable
{
    private readonly Lock _turn = new();
    private readonly GraphModel _model;
    private readonly Workspace _workspace;
    private readonly Executor _executor;
    private bool _disposed;

    private OnnxModel(GraphModel model, ExecutionPlan plan, OnnxOptions options)
    {
        _model = model;
        _workspace = new(options.Kernels ?? new CpuKernels(options.Threads), options.Kernels is null);
        _executor = new(model, plan, _workspace, options.MemoryLimit);
    }

    /// <summary>What must be given to <see cref="Run"/>, in the file's order.</summary>
    public IReadOnlyList<OnnxValue> Inputs => _model.Inputs;

    /// <summary>What comes out of <see cref="Run"/>, in the file's order.</summary>
    public IReadOnlyList<OnnxValue> Outputs => _model.Outputs;

    /// <summary>The program that wrote the file, as it says; may be empty.</summary>
    public string Producer => _model.Producer;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file; tensors that it keeps in other files must be in its folder.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ModelFileException">
    /// The file cannot be read, is no valid ONNX file, or has operators that are not known; the message names all of these at once.
    /// </exception>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static OnnxModel Load(string path, OnnxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MemoryLimit);
        return Load(OnnxFile.Read(path), options);
    }

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">A tensor for each of <see cref="Inputs"/>, by name, with the declared type and shape.</param>
    /// <param name="cancel">Looked at between nodes.</param>
    /// <returns>A tensor for each of <see cref="Outputs"/>, by name.</returns>
    /// <exception cref="ArgumentException">An input is missing, unknown, or of another type or shape than declared; the message names all of these.</exception>
    /// <exception cref="ModelFileException">A node cannot work on what it gets; the message names it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was set.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public IReadOnlyDictionary<string, OnnxTensor> Run(Dictionary<string, OnnxTensor> inputs, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var ordered = InputCheck.InOrder(_model.File.Path, _model.Inputs, inputs);
        OnnxTensor[] outputs;
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            outputs = _executor.Run(ordered, cancel);
        }

        var named = new Dictionary<string, OnnxTensor>(outputs.Length, StringComparer.Ordinal);
        for (var i = 0; i < outputs.Length; i++)
            named[_model.Outputs[i].Name] = outputs[i];
        return named;
    }

    /// <summary>Computes the output of a model with one input and one output.</summary>
    /// <param name="input">The input, with the declared type and shape.</param>
    /// <param name="cancel">Looked at between nodes.</param>
    /// <exception cref="InvalidOperationException">The model has several inputs or outputs.</exception>
    /// <inheritdoc cref="Run(Dictionary{string, OnnxTensor}, CancellationToken)" path="/exception"/>
    public OnnxTensor Predict(OnnxTensor input, CancellationToken cancel = default)
    {
        if (Inputs.Count != 1 || Outputs.Count != 1)
        {
            throw new InvalidOperationException(
                $"OnnxModel.Predict: {Path.GetFileName(_model.File.Path)} has {Inputs.Count} inputs and {Outputs.Count} outputs. Give the inputs by name to Run.");
        }

        return Run(new Dictionary<string, OnnxTensor> { [Inputs[0].Name] = input }, cancel)[Outputs[0].Name];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_disposed)
                return;
            _disposed = true;
            _workspace.Dispose();
        }
    }

    internal static OnnxModel Load(OnnxFile file, OnnxOptions options) => Load(ModelReader.Read(file), options);

    internal static OnnxModel Load(GraphModel model, OnnxOptions options) => new(model, new ExecutionPlan(model), options);
}
