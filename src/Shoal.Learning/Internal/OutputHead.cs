using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What stands behind one output of a model in training and evaluation: its loss and its metrics, batch by batch.</summary>
internal sealed class OutputHead
{
    private readonly Workspace _workspace;
    private readonly OutputTraining _training;
    private readonly int _size;
    private readonly Storage _targets;
    private readonly Storage _losses;
    private readonly Storage _rowWeights;
    private readonly float[] _hostWeights;
    private readonly float[] _hostLosses;
    private readonly float[] _hostOutputs;

    private readonly ClassWeights? _classWeights;

    public OutputHead(Workspace workspace, OutputTraining training, int size, int batchSize, ClassWeights? classWeights = null)
    {
        (_workspace, _training, _size, _classWeights) = (workspace, training, size, classWeights);
        _rowWeights = workspace.Allocate(batchSize);
        _hostWeights = new float[batchSize];
        _targets = workspace.Allocate(checked(batchSize * size));
        _losses = workspace.Allocate(batchSize);
        _hostLosses = new float[batchSize];
        _hostOutputs = new float[checked(batchSize * size)];
    }

    /// <summary>Whether somebody looks at the outputs themselves.</summary>
    public bool IsMeasured => _training.Metrics.Count > 0;

    /// <summary>The loss of a batch, and its gradient by what the loss takes.</summary>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="predictions">What the loss takes: logits where it says so.</param>
    /// <param name="targets">(rows, size).</param>
    /// <param name="weights">(rows), or empty.</param>
    /// <param name="gradient">(rows, size), written.</param>
    /// <returns>The sum of the rows' losses, each times the weight of its row; the gradient has the weight of the output as well.</returns>
    public double Lose(int rows, Storage predictions, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, Storage gradient)
    {
        var kernels = _workspace.Kernels;
        kernels.Write(targets[..(rows * _size)], _targets);
        _training.Loss.Compute(kernels, rows, _size, predictions, _targets, WeighRows(rows, targets, weights), _losses, gradient);
        kernels.Read(_losses, _hostLosses.AsSpan(0, rows));
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
            sum += _hostLosses[row];
        if (_training.Weight == 1)
            return sum;
        kernels.Fill(_rowWeights, rows, (float)_training.Weight);
        kernels.ScaleRows(rows, _size, _rowWeights, gradient);
        return sum;
    }

    /// <summary>Hands the outputs of a batch to the metrics.</summary>
    /// <returns>The outputs, valid until the next call.</returns>
    public ReadOnlySpan<float> Measure(int rows, Storage outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights)
    {
        var predictions = _hostOutputs.AsSpan(0, rows * _size);
        _workspace.Kernels.Read(outputs, predictions);
        for (var i = 0; i < _training.Metrics.Count; i++)
            _training.Metrics[i].Add(new MetricBatch(rows, _size, predictions, targets[..predictions.Length], weights.IsEmpty ? weights : weights[..rows]));
        return predictions;
    }

    public void Release()
    {
        _workspace.Free(_targets);
        _workspace.Free(_losses);
        _workspace.Free(_rowWeights);
    }

    private Storage? WeighRows(int rows, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights)
    {
        if (weights.IsEmpty && _classWeights is null)
            return null;
        var own = _hostWeights.AsSpan(0, rows);
        if (weights.IsEmpty)
            own.Fill(1);
        else
            weights[..rows].CopyTo(own);
        _classWeights?.Apply(_size, targets[..(rows * _size)], own);
        _workspace.Kernels.Write(own, _rowWeights);
        return _rowWeights;
    }
}
