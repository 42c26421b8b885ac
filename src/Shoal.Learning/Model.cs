using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A network with one or several inputs and outputs: built, fitted, evaluated, asked, saved and loaded with the meanings of Keras.</summary>
/// <remarks>
/// Numbers are float32, images channels-last. The same seeds give the same bits for any number of threads. Not thread-safe: give each
/// thread a model of its own (<see cref="Load"/>). Dispose frees its memory. A row of layers is shorter as <see cref="Sequential"/>.
/// <code>
/// var (age, ward) = (new Input("age", [1]), new Input("ward", [12]));
/// var minutes = new Concatenate().On(age, ward).Then(new Dense(16), new ReLU(), new Dense(1));
/// using var model = new Model([age, ward], [minutes]);
/// model.Compile(new Adam(), new MeanSquaredError());
/// model.Fit(new Dataset([ages, wards], [durations]));
/// </code>
/// </remarks>
public partial class Model : IDisposable
{
    private readonly Graph _graph;
    private readonly Workspace _workspace;
    private readonly InferencePlan _inference;
    private readonly Layer[] _layers;
    private TrainingPlan? _training;
    private bool _disposed;

    /// <summary>Checks that everything leads from the inputs to the outputs, then allocates and initialises the parameters of the layers between.</summary>
    /// <param name="inputs">The inputs, in the order in which data are given.</param>
    /// <param name="outputs">The outputs, in the order in which targets and predictions stand; each is called by its layer's name.</param>
    /// <param name="options">Seed and threads; null for the defaults.</param>
    /// <exception cref="ArgumentException">An input leads nowhere, is missing or twice, or names clash.</exception>
    public Model(IEnumerable<Input> inputs, IEnumerable<Node> outputs, ModelOptions? options = null)
        : this(new Graph([.. inputs], [.. outputs]), options, initialise: true, check: null)
    {
    }

    private protected Model(Graph graph, ModelOptions? options, bool initialise, Action<IReadOnlyList<(string Name, ParameterPlan Plan)>>? check)
    {
        options ??= new();
        _graph = graph;
        _layers = [.. graph.Steps.Select(s => s.Layer)];
        var names = LayerNames.For(_layers);
        check?.Invoke([.. graph.Steps.SelectMany((step, i) => step.Plan.Parameters.Select(p => ($"{names[i]}/{p.Name}", p)))]);

        _workspace = new Workspace(options.Kernels ?? new CpuKernels(options.Threads), ownsKernels: options.Kernels is null);
        for (var i = 0; i < _layers.Length; i++)
            _layers[i].Build(names[i], i, [.. graph.Steps[i].Inputs.Select(graph.ShapeOf)], graph.Steps[i].Plan, _workspace, MarkChanged);
        Parameters = [.. _layers.SelectMany(l => l.Parameters)];
        _inference = new InferencePlan(graph, _workspace);
        _targets = DefaultTargets(new CategoricalCrossentropy());
        if (initialise)
            Initialise(options.Seed);
    }

    /// <summary>The inputs, in the order in which data are given.</summary>
    public IReadOnlyList<Input> Inputs => _graph.Inputs;

    /// <summary>The names of the outputs, those of the layers that make them.</summary>
    public IReadOnlyList<string> OutputNames => [.. _graph.Outputs.Select(o => OutputLayer(o).Name)];

    /// <summary>For each output the shape of one sample.</summary>
    public IReadOnlyList<Shape> OutputShapes => [.. _graph.Outputs.Select(_graph.ShapeOf)];

    /// <summary>The shape of one sample of the input, the first where there are several.</summary>
    public Shape InputShape => _graph.ShapeOf(0);

    /// <summary>The shape of one sample of the output, the first where there are several.</summary>
    public Shape OutputShape => _graph.ShapeOf(_graph.Outputs[0]);

    /// <summary>The layers, each behind those whose output it takes.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>All parameters in the order of the layers, those that are not trainable too.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>How many numbers the parameters hold.</summary>
    public long ParameterCount => Parameters.Sum(p => (long)p.Shape.Size);

    /// <summary>The device, threads and vector width that it computes with, for people.</summary>
    public string Device => _workspace.Kernels.Description;

    /// <summary>Frees all memory of the model, and the threads that it computes with.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _workspace.Dispose();
        GC.SuppressFinalize(this);
    }

    internal Graph Graph => _graph;

    private Layer OutputLayer(int value) => _graph.Steps[_graph.ProducerOf(value)].Layer;

    private void Initialise(ulong seed)
    {
        var initializers = _graph.Steps.SelectMany(s => s.Plan.Parameters).Select(p => p.Initializer).ToArray();
        for (var i = 0; i < initializers.Length; i++)
        {
            var values = new float[Parameters[i].Shape.Size];
            initializers[i].Fill(values, Seeds.For(seed, Seeds.Use.Parameter, i));
            Parameters[i].Set(values);
        }
    }

    private void MarkChanged() => _inference?.Invalidate();
}
