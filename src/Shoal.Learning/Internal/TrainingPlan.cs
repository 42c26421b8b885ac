using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The layers in training: which buffers hold outputs and gradients, and one step of gradient descent on them.</summary>
/// <remarks>
/// An output is written over its input where neither of the two layers needs what was there; gradients take turns in two buffers.
/// </remarks>
internal sealed class TrainingPlan
{
    private readonly Layer[] _layers;
    private readonly Parameter[] _trainable;
    private readonly Loss _loss;
    private readonly Optimizer _optimizer;
    private readonly Workspace _workspace;
    private readonly Storage _input;
    private readonly Storage[] _outputs;
    private readonly Storage[] _gradients;
    private readonly Storage _targets;
    private readonly Storage _losses;
    private readonly float[] _hostLosses;
    private readonly float[] _hostOutputs;
    private readonly int _inputSize;
    private readonly int _outputSize;
    private readonly int _lowestWithParameters;
    private readonly List<Storage> _own = [];

    public TrainingPlan(IReadOnlyList<Layer> layers, Loss loss, Optimizer optimizer, Workspace workspace, int batchSize)
    {
        _layers = [.. loss.FromLogits && layers[^1] is Softmax ? layers.Take(layers.Count - 1) : layers];
        _trainable = [.. _layers.SelectMany(l => l.Parameters).Where(p => p.Trainable)];
        if (_trainable.Length == 0)
            throw new InvalidOperationException("The model has no trainable parameters: there is nothing to fit.");
        (_loss, _optimizer, _workspace, BatchSize) = (loss, optimizer, workspace, batchSize);
        _inputSize = _layers[0].InputShape.Size;
        _outputSize = _layers[^1].OutputShape.Size;
        _lowestWithParameters = Array.FindIndex(_layers, l => l.Parameters.Any(p => p.Trainable));
        foreach (var parameter in _trainable)
            parameter.Gradient ??= workspace.Allocate(parameter.Shape.Size);
        optimizer.Attach(layers, _trainable, workspace);

        _input = Own(_inputSize);
        _outputs = PlanOutputs();
        _gradients = PlanGradients();
        _targets = Own(_outputSize);
        _losses = Own(1);
        _hostLosses = new float[batchSize];
        _hostOutputs = new float[checked(batchSize * _outputSize)];
    }

    public int BatchSize { get; }

    private IKernels Kernels => _workspace.Kernels;

    public bool Serves(Loss loss, Optimizer optimizer, int batchSize) =>
        ReferenceEquals(loss, _loss) && ReferenceEquals(optimizer, _optimizer) && batchSize == BatchSize;

    /// <summary>Forward only; in training mode statistics are taken in.</summary>
    public void Forward(in Pass pass, ReadOnlySpan<float> x)
    {
        Kernels.Write(x[..(pass.Rows * _inputSize)], _input);
        var value = _input;
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].Forward(pass, value, _outputs[i]);
            value = _outputs[i];
        }
    }

    /// <summary>Forward and loss, with the gradient of the mean loss by the last output.</summary>
    /// <returns>The sum of the rows' losses and how many rows were right.</returns>
    public StepResult ForwardAndLoss(in Pass pass, ReadOnlySpan<float> x, ReadOnlySpan<float> targets)
    {
        Forward(pass, x);
        Kernels.Write(targets[..(pass.Rows * _outputSize)], _targets);
        _loss.Compute(Kernels, pass.Rows, _outputSize, _outputs[^1], _targets, _losses, _gradients[0]);
        Kernels.Read(_losses, _hostLosses.AsSpan(0, pass.Rows));
        Kernels.Read(_outputs[^1], _hostOutputs.AsSpan(0, pass.Rows * _outputSize));
        var sum = 0.0;
        var right = 0;
        for (var row = 0; row < pass.Rows; row++)
        {
            sum += _hostLosses[row];
            if (Largest(_hostOutputs.AsSpan(row * _outputSize, _outputSize)) == Largest(targets.Slice(row * _outputSize, _outputSize)))
                right++;
        }

        return new(sum, right);
    }

    /// <summary>The gradients of all trainable parameters, after <see cref="ForwardAndLoss"/>.</summary>
    public void Backward(in Pass pass)
    {
        var current = 0;
        for (var i = _layers.Length - 1; i >= _lowestWithParameters; i--)
        {
            var next = _layers[i].BackwardInPlace ? current : 1 - current;
            var dx = i > _lowestWithParameters ? _gradients[next] : null;
            _layers[i].Backward(pass, i == 0 ? _input : _outputs[i - 1], _outputs[i], _gradients[current], dx);
            current = next;
        }
    }

    /// <summary>One step: forward, loss, backward, and the change of weights, unless the loss is no number.</summary>
    public StepResult Step(in Pass pass, ReadOnlySpan<float> x, ReadOnlySpan<float> targets)
    {
        var result = ForwardAndLoss(pass, x, targets);
        if (double.IsFinite(result.LossSum))
        {
            Backward(pass);
            _optimizer.Step(Kernels, _trainable);
        }

        return result;
    }

    /// <summary>Frees what belongs to this plan alone.</summary>
    public void Release()
    {
        foreach (var storage in _own)
            _workspace.Free(storage);
    }

    internal float[] Outputs(int rows)
    {
        var outputs = new float[rows * _outputSize];
        Kernels.Read(_outputs[^1], outputs);
        return outputs;
    }

    internal static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    private Storage[] PlanOutputs()
    {
        var outputs = new Storage[_layers.Length];
        var value = _input;
        var needed = true;
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var over = layer.IsView || (layer.ForwardInPlace && !layer.BackwardReadsInput && !needed);
            outputs[i] = over ? value : Own(layer.OutputShape.Size);
            needed = layer.BackwardReadsOutput || (layer.IsView && needed);
            value = outputs[i];
        }

        return outputs;
    }

    private Storage[] PlanGradients()
    {
        int[] sizes = [_outputSize, 0];
        var current = 0;
        for (var i = _layers.Length - 1; i > _lowestWithParameters; i--)
        {
            current = _layers[i].BackwardInPlace ? current : 1 - current;
            sizes[current] = Math.Max(sizes[current], _layers[i].InputShape.Size);
        }

        return [Own(sizes[0]), Own(Math.Max(sizes[1], 1))];
    }

    private Storage Own(int size)
    {
        var storage = _workspace.Allocate(checked(BatchSize * size));
        _own.Add(storage);
        return storage;
    }

    internal readonly record struct StepResult(double LossSum, int Right);
}
