using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The layers in training: their buffers, and one step of gradient descent on them.</summary>
/// <remarks>
/// Where several layers read one value, its gradient is their sum in the order of the layers from the last to the first.
/// </remarks>
internal sealed partial class TrainingPlan
{
    private readonly Graph _graph;
    private readonly TrainingTargets _targets;
    private readonly Penalties _penalties;
    private readonly ClassWeights? _classWeights;
    private readonly double[] _losses;
    private readonly Optimizer _optimizer;
    private readonly Workspace _workspace;
    private readonly TrainingLayout _layout;
    private readonly Parameter[] _trainable;
    private readonly Storage[] _buffers;
    private readonly OutputHead[] _heads;
    private readonly Storage?[] _probabilities;
    private readonly Run[] _runs;
    private readonly Return[] _returns;
    private readonly Late[] _late;
    private readonly TrainingLayout.GradientSum[] _headSums;
    private readonly KeptStatistics _statistics;
    private readonly List<Storage> _own = [];

    public TrainingPlan(Graph graph, TrainingTargets targets, Optimizer optimizer, Workspace workspace, int batchSize, ClassWeights? classWeights)
    {
        (_graph, _targets, _optimizer, _workspace, BatchSize) = (graph, targets, optimizer, workspace, batchSize);
        _classWeights = classWeights;
        CheckLosses(graph, targets);
        var trainings = targets.Trainings;
        _losses = new double[trainings.Count];
        _layout = new TrainingLayout(graph, [.. trainings.Select(t => t.Loss)], workspace.Kernels, batchSize);
        _trainable = [.. _layout.Steps.SelectMany(s => s.Layer.Parameters).Where(p => p.Trainable)];
        if (_trainable.Length == 0)
            throw new InvalidOperationException("The model has no trainable parameters: there is nothing to fit.");
        _buffers = [.. _layout.Sizes.Select(Own)];
        _late = [.. _layout.Late.Select(l => new Late((Dense)l.Step.Layer, Value(l.Step.Inputs[0]), _buffers[l.Dy], _buffers[l.Buffer]))];
        foreach (var late in _late)
            late.Layer.Parameters[0].TakeGradient(late.Gradient, workspace);
        foreach (var parameter in _trainable)
            parameter.Gradient ??= workspace.Allocate(parameter.Shape.Size);
        optimizer.Attach(graph, _trainable, workspace);
        _penalties = new(_trainable, workspace);
        for (var i = 0; i < _layout.Steps.Count; i++)
        {
            if (_layout.Steps[i].Layer is ConvolutionBlock block && _layout.BlockBufferOf(i) is var kept and >= 0)
                block.Use(_buffers[kept]);
        }

        _heads = [.. trainings.Select((t, i) => new OutputHead(workspace, t, graph.ShapeOf(graph.Outputs[i]).Size, batchSize, classWeights))];
        _probabilities = [.. graph.Outputs.Select((value, i) => _heads[i].IsMeasured && _layout.HeadValues[i] != value ? Own(checked(batchSize * graph.ShapeOf(value).Size)) : null)];
        _runs = [.. _layout.Steps.Select(s => new Run(s.Layer, [.. s.Inputs.Select(Value)], Value(s.Output)))];
        _returns =
        [
            .. _layout.Backward.Select(b => new Return(
                b.Step.Layer, [.. b.Step.Inputs.Select(Value)], Value(b.Step.Output), _buffers[b.Dy], [.. b.Dx.Select(d => d < 0 ? null : _buffers[d])], [.. b.Sums],
                b.IsLate)),
        ];
        _headSums = [.. _layout.HeadSums];
        _statistics = new(_layout.Layers.Select(s => s.Layer), Own);
    }

    public int BatchSize { get; }

    private IKernels Kernels => _workspace.Kernels;

    public bool Serves(TrainingTargets targets, Optimizer optimizer, int batchSize, ClassWeights? classWeights) =>
        ReferenceEquals(targets, _targets) && ReferenceEquals(classWeights, _classWeights) && ReferenceEquals(optimizer, _optimizer) && batchSize == BatchSize;

    /// <summary>For each output the sum of the rows' losses in the last step, without its weight.</summary>
    public ReadOnlySpan<double> Losses => _losses;

    /// <summary>Whether the last step was not taken although its loss was finite.</summary>
    public bool FailedInGradients { get; private set; }

    /// <summary>Forward only; in training mode statistics are taken in.</summary>
    public void Forward(in Pass pass, Batch batch)
    {
        WriteInputs(pass, batch);
        foreach (var run in _runs)
            run.Layer.Forward(pass, run.X, run.Y);
    }

    /// <summary>Forward and losses, with their gradients by the outputs.</summary>
    /// <returns>The sum of the rows' losses, weighted over the outputs, and what the parameters' sizes cost, once a row.</returns>
    public double ForwardAndLoss(in Pass pass, Batch batch)
    {
        Forward(pass, batch);
        for (var i = 0; i < _heads.Length; i++)
        {
            var value = Value(_layout.HeadValues[i]);
            _losses[i] = _heads[i].Lose(pass.Rows, value, batch.Targets[i], batch.Weights, _buffers[_layout.HeadGradients[i]]);
        }

        foreach (var add in _headSums)
            Accumulate(pass.Rows, add);
        return _targets.TotalLoss(_losses) + (pass.Rows * _penalties.Sum());
    }

    /// <summary>The gradients of all trainable parameters, after <see cref="ForwardAndLoss"/>.</summary>
    public void Backward(in Pass pass)
    {
        foreach (var back in _returns)
        {
            if (!back.IsLate)
                back.Layer.Backward(pass, back.X, back.Y, back.Dy, back.Dx);
            else if (back.Dx[0] is { } dx)
                ((Dense)back.Layer).BackwardInput(pass, back.Dy, dx);
            foreach (var add in back.Sums)
                Accumulate(pass.Rows, add);
        }

        foreach (var late in _late)
            late.Layer.BackwardParameters(pass, late.X, late.Dy);
        _penalties.AddGradients();
    }

    /// <summary>One step: forward, loss, backward, metrics and the change of weights; where the loss is no finite number, nothing is changed or measured.</summary>
    /// <param name="pass">The batch's size and number.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="looksAtGradients">Whether gradients that are not finite count as such a loss.</param>
    /// <returns>
    /// The sum of the rows' losses, weighted over the outputs, and what the parameters' sizes cost, once a row; not finite where the step was not taken.
    /// </returns>
    public double Step(in Pass pass, Batch batch, bool looksAtGradients = false)
    {
        FailedInGradients = false;
        _statistics.Keep(Kernels);
        var loss = ForwardAndLoss(pass, batch);
        if (double.IsFinite(loss))
        {
            Backward(pass);
            FailedInGradients = looksAtGradients && !GradientsAreFinite();
            if (FailedInGradients)
                loss = double.NaN;
        }

        if (!double.IsFinite(loss))
        {
            _statistics.TakeBack(Kernels);
            return loss;
        }

        Measure(pass, batch);
        _optimizer.Step(Kernels, _trainable);
        return loss;
    }

    /// <summary>What the optimizer is between two steps.</summary>
    public OptimizerState CaptureOptimizer() => _optimizer.Capture(Kernels, _trainable);

    /// <summary>Puts the optimizer where it was.</summary>
    /// <exception cref="ArgumentException">The state is of another optimizer or model; nothing is changed then.</exception>
    public void RestoreOptimizer(OptimizerState state) => _optimizer.Restore(state, Kernels, _trainable);

    /// <summary>Frees what belongs to this plan alone.</summary>
    public void Release()
    {
        _penalties.Release();
        foreach (var late in _late)
            late.Layer.Parameters[0].Gradient = null;
        foreach (var head in _heads)
            head.Release();
        foreach (var storage in _own)
            _workspace.Free(storage);
    }

    /// <summary>What the loss of an output took in the last batch.</summary>
    internal float[] Predictions(int output, int rows)
    {
        var values = new float[rows * _graph.ShapeOf(_graph.Outputs[output]).Size];
        Kernels.Read(Value(_layout.HeadValues[output]), values);
        return values;
    }

    private static void CheckLosses(Graph graph, TrainingTargets targets)
    {
        for (var i = 0; i < graph.Outputs.Length; i++)
        {
            var shape = graph.ShapeOf(graph.Outputs[i]);
            if (targets.Trainings[i].Loss is CategoricalCrossentropy && shape.Count > 1)
            {
                throw new InvalidOperationException(
                    $"CategoricalCrossentropy takes one choice of classes a sample, (None, classes), but output {i} of the model is {shape.WithBatch()}. Put Flatten(), "
                    + "GlobalAveragePool() or a recurrent layer without returnSequences before its last layers, or choose another loss.");
            }
        }
    }

    private void WriteInputs(in Pass pass, Batch batch)
    {
        for (var i = 0; i < batch.Inputs.Count; i++)
            Kernels.Write(batch.Inputs[i].AsSpan(0, pass.Rows * _graph.ShapeOf(i).Size), Value(i));
    }

    private void Measure(in Pass pass, Batch batch)
    {
        for (var i = 0; i < _heads.Length; i++)
        {
            if (_heads[i].IsMeasured)
                _heads[i].Measure(pass.Rows, Outputs(i, pass, Value(_layout.HeadValues[i])), batch.Targets[i], batch.Weights);
        }
    }

    private Storage Value(int value) => _buffers[_layout.BufferOf(value)];

    private Storage Outputs(int output, in Pass pass, Storage value)
    {
        if (_probabilities[output] is not { } probabilities)
            return value;
        _graph.Steps[_graph.ProducerOf(_graph.Outputs[output])].Layer.Forward(pass, value, probabilities);
        return probabilities;
    }

    private void Accumulate(int rows, TrainingLayout.GradientSum sum) => Kernels.Add(rows * sum.Size, _buffers[sum.Into], _buffers[sum.From], _buffers[sum.Into]);

    private Storage Own(int length)
    {
        var storage = _workspace.Allocate(length);
        _own.Add(storage);
        return storage;
    }

    private sealed record Run(Layer Layer, Storage[] X, Storage Y);

    private sealed record Return(Layer Layer, Storage[] X, Storage Y, Storage Dy, Storage?[] Dx, TrainingLayout.GradientSum[] Sums, bool IsLate);

    private sealed record Late(Dense Layer, Storage X, Storage Dy, Storage Gradient);
}
