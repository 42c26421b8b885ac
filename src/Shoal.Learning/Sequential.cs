using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A network whose layers follow each other: built, fitted, evaluated, asked, saved and loaded with the meanings of Keras.</summary>
/// <remarks>
/// Numbers are float32, images channels-last. The same seeds give the same bits for any number of threads. Not thread-safe: give each
/// thread a model of its own (<see cref="Load"/>). Dispose frees its memory.
/// <code>
/// using var model = new Sequential([4], [new Dense(16), new ReLU(), new Dense(3), new Softmax()]);
/// model.Fit(x, labels, new FitOptions { Epochs = 20 });
/// </code>
/// </remarks>
public sealed partial class Sequential : IDisposable
{
    private readonly Layer[] _layers;
    private readonly Workspace _workspace;
    private readonly InferencePlan _inference;
    private TrainingPlan? _training;
    private bool _disposed;

    /// <summary>Checks that the layers fit each other, then allocates and initialises their parameters.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="layers">The layers in order; they belong to this model from now on.</param>
    /// <param name="options">Seed and threads; null for the defaults.</param>
    /// <exception cref="ArgumentException">A layer cannot take what the one before gives; the message names both and the shape.</exception>
    public Sequential(Shape input, IEnumerable<Layer> layers, ModelOptions? options = null)
        : this(input, [.. layers], options, initialise: true, check: null)
    {
    }

    private Sequential(
        Shape input, Layer[] layers, ModelOptions? options, bool initialise, Action<IReadOnlyList<(string Name, ParameterPlan Plan)>>? check)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= new();
        (InputShape, _layers) = (input, layers);
        var names = LayerNames.For(layers);
        var plans = LayerChain.Plan(input, layers, names);
        check?.Invoke([.. plans.SelectMany((plan, i) => plan.Parameters.Select(p => ($"{names[i]}/{p.Name}", p)))]);

        _workspace = new Workspace(options.Kernels ?? new CpuKernels(options.Threads), ownsKernels: options.Kernels is null);
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i].Build(names[i], i, [input], plans[i], _workspace, MarkChanged);
            input = plans[i].Output;
        }

        Parameters = [.. layers.SelectMany(l => l.Parameters)];
        _inference = new InferencePlan(layers, _workspace);
        if (initialise)
            Initialise(plans, options.Seed);
    }

    /// <summary>The shape of one sample of the input.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one sample of the output.</summary>
    public Shape OutputShape => _layers[^1].OutputShape;

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>All parameters in the order of the layers, those that are not trainable too.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>How many numbers the parameters hold.</summary>
    public long ParameterCount => Parameters.Sum(p => (long)p.Shape.Size);

    /// <summary>What moves the weights in <c>Fit</c>. <value>Adam with Keras' defaults</value></summary>
    public Optimizer Optimizer { get; private set; } = new Adam();

    /// <summary>What <c>Fit</c> makes small. <value>cross-entropy of classes</value></summary>
    public Loss Loss { get; private set; } = new CategoricalCrossentropy();

    /// <summary>The device, threads and vector width that it computes with, for people.</summary>
    public string Device => _workspace.Kernels.Description;

    /// <summary>Chooses optimizer and loss for the following calls of <c>Fit</c>; an optimizer begins anew.</summary>
    /// <param name="optimizer">Null for Adam with Keras' defaults.</param>
    /// <param name="loss">Null for cross-entropy of classes.</param>
    public void Compile(Optimizer? optimizer = null, Loss? loss = null)
    {
        if (optimizer is null || !ReferenceEquals(optimizer, Optimizer))
        {
            _training?.Release();
            _training = null;
            Optimizer.Detach(_workspace);
            Optimizer = optimizer ?? new Adam();
        }

        Loss = loss ?? new CategoricalCrossentropy();
    }

    /// <summary>Frees all memory of the model, and the threads that it computes with.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _workspace.Dispose();
    }

    internal IKernels Kernels => _workspace.Kernels;

    internal TrainingPlan PlanTraining(int batchSize)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_training is null || !_training.Serves(Loss, Optimizer, batchSize))
        {
            _training?.Release();
            _training = new(_layers, Loss, Optimizer, _workspace, batchSize);
        }

        return _training;
    }

    private void Initialise(IReadOnlyList<LayerPlan> plans, ulong seed)
    {
        var initializers = plans.SelectMany(p => p.Parameters).Select(p => p.Initializer).ToArray();
        for (var i = 0; i < initializers.Length; i++)
        {
            var values = new float[Parameters[i].Shape.Size];
            initializers[i].Fill(values, Seeds.For(seed, Seeds.Use.Parameter, i));
            Parameters[i].Set(values);
        }
    }

    private void MarkChanged() => _inference?.Invalidate();
}
