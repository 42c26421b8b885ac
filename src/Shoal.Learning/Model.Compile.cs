namespace Shoal.Learning;

public partial class Model
{
    private TrainingTargets _targets;

    /// <summary>What moves the weights in <c>Fit</c>. <value>Adam with Keras' defaults</value></summary>
    public Optimizer Optimizer { get; private set; } = new Adam();

    /// <summary>What <c>Fit</c> makes small, at the first output where there are several. <value>cross-entropy of classes</value></summary>
    public Loss Loss => _targets.Trainings[0].Loss;

    /// <summary>Chooses optimizer, loss and metrics for the following calls of <c>Fit</c> and <c>Evaluate</c>; an optimizer begins anew.</summary>
    /// <param name="optimizer">Null for Adam with Keras' defaults.</param>
    /// <param name="loss">The loss of every output; null for cross-entropy of classes.</param>
    /// <param name="metrics">What else is measured of a model with one output; null for accuracy with cross-entropy, else nothing.</param>
    /// <exception cref="ArgumentException">The model has several outputs, which need metrics of their own.</exception>
    public void Compile(Optimizer? optimizer = null, Loss? loss = null, IReadOnlyList<Metric>? metrics = null)
    {
        loss ??= new CategoricalCrossentropy();
        if (metrics is { Count: > 0 } && _graph.Outputs.Length > 1)
            throw new ArgumentException($"Compile: the model has {_graph.Outputs.Length} outputs, and a metric belongs to one. Hand over an OutputTraining for each output.");
        Use(optimizer, metrics is null ? DefaultTargets(loss) : Named([new(loss) { Metrics = metrics }]));
    }

    /// <summary>Chooses optimizer, and loss, weight and metrics of each output, for the following calls of <c>Fit</c> and <c>Evaluate</c>.</summary>
    /// <param name="optimizer">Null for Adam with Keras' defaults.</param>
    /// <param name="outputs">By the names of the outputs, all of them.</param>
    /// <exception cref="ArgumentException">An output is missing, or a name is none of them.</exception>
    public void Compile(Optimizer? optimizer, IReadOnlyDictionary<string, OutputTraining> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var names = OutputNames;
        foreach (var name in outputs.Keys.Where(name => !names.Contains(name)))
            throw new ArgumentException($"Compile: the model has no output \"{name}\", its outputs are {string.Join(", ", names)}.");
        foreach (var name in names.Where(name => !outputs.ContainsKey(name)))
            throw new ArgumentException($"Compile: the output \"{name}\" has no loss. Give each output an OutputTraining.");
        Use(optimizer, Named([.. names.Select(name => outputs[name])]));
    }

    private void Use(Optimizer? optimizer, TrainingTargets targets)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (optimizer is null || !ReferenceEquals(optimizer, Optimizer))
        {
            _training?.Release();
            _training = null;
            Optimizer.Detach(_workspace);
            Optimizer = optimizer ?? new Adam();
        }

        _targets = targets;
    }

    private TrainingTargets DefaultTargets(Loss loss) => Named(
        [.. _graph.Outputs.Select(_ => new OutputTraining(loss) { Metrics = DefaultMetrics(loss) })]);

    private static IReadOnlyList<Metric> DefaultMetrics(Loss loss) => loss switch
    {
        CategoricalCrossentropy => [new Accuracy()],
        BinaryCrossentropy => [new BinaryAccuracy(name: EpochResult.AccuracyName)],
        _ => [],
    };

    private TrainingTargets Named(OutputTraining[] trainings) => new(trainings, OutputNames);
}
