using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Sums up loss, accuracy and confusion batch by batch.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly IKernels _kernels;
    private readonly Loss _loss;
    private readonly int _classes;
    private readonly Storage _targets;
    private readonly Storage _losses;
    private readonly Storage _gradient;
    private readonly float[] _hostTargets;
    private readonly float[] _hostLosses;
    private readonly float[] _hostOutputs;
    private readonly int[][] _confusion;
    private double _lossSum;
    private int _rows;

    public Evaluator(IKernels kernels, Loss loss, int classes, int batchSize)
    {
        (_kernels, _loss, _classes) = (kernels, loss, classes);
        _targets = kernels.Allocate(batchSize * classes);
        _losses = kernels.Allocate(batchSize);
        _gradient = kernels.Allocate(batchSize * classes);
        _hostTargets = new float[batchSize * classes];
        _hostLosses = new float[batchSize];
        _hostOutputs = new float[batchSize * classes];
        _confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
    }

    public void Add(Storage outputs, ReadOnlySpan<int> labels)
    {
        var rows = labels.Length;
        var targets = _hostTargets.AsSpan(0, rows * _classes);
        targets.Clear();
        for (var row = 0; row < rows; row++)
            targets[(row * _classes) + labels[row]] = 1;
        _kernels.Write(targets, _targets);
        _loss.Compute(_kernels, rows, _classes, outputs, _targets, _losses, _gradient);
        _kernels.Read(_losses, _hostLosses.AsSpan(0, rows));
        _kernels.Read(outputs, _hostOutputs.AsSpan(0, rows * _classes));
        for (var row = 0; row < rows; row++)
        {
            _lossSum += _hostLosses[row];
            _confusion[labels[row]][TrainingPlan.Largest(_hostOutputs.AsSpan(row * _classes, _classes))]++;
        }

        _rows += rows;
    }

    public EvaluationResult Result()
    {
        var right = 0;
        for (var i = 0; i < _classes; i++)
            right += _confusion[i][i];
        return new(_rows, _lossSum / _rows, (double)right / _rows, _confusion);
    }

    public void Dispose()
    {
        _targets.Dispose();
        _losses.Dispose();
        _gradient.Dispose();
    }
}
