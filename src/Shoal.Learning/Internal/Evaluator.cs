using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>One pass over batches outside training: losses, metrics, and the confusion of a classifier.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly Graph _graph;
    private readonly InferencePlan _inference;
    private readonly TrainingTargets _targets;
    private readonly Workspace _workspace;
    private readonly IBatchSource _source;
    private readonly OutputHead[] _heads;
    private readonly Storage[] _gradients;
    private readonly Penalties _penalties;
    private readonly double[] _losses;
    private readonly int[][] _confusion;
    private int _rows;

    public Evaluator(Graph graph, InferencePlan inference, TrainingTargets targets, Workspace workspace, IBatchSource source)
    {
        (_graph, _inference, _targets, _workspace, _source) = (graph, inference, targets, workspace, source);
        int[] sizes = [.. graph.Outputs.Select(o => graph.ShapeOf(o).Size)];
        _heads = [.. targets.Trainings.Select((t, i) => new OutputHead(workspace, t, sizes[i], source.BatchSize))];
        _gradients = [.. sizes.Select(size => workspace.Allocate(checked(source.BatchSize * size)))];
        _penalties = new(graph.Steps.SelectMany(s => s.Layer.Parameters), workspace);
        _losses = new double[sizes.Length];
        var classes = sizes.Length == 1 && targets.Trainings[0].Loss is CategoricalCrossentropy ? sizes[0] : 0;
        _confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
    }

    /// <summary>Takes in the first batches of the source.</summary>
    public EvaluationResult Run(long steps, CancellationToken cancel)
    {
        _targets.ResetMetrics();
        using var batches = new BatchPreparer(_source, 0, steps);
        for (var step = 0L; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var (batch, rows) = batches.Take(step, cancel);
            _inference.Compute(batch, rows);
            for (var i = 0; i < _heads.Length; i++)
                Add(i, rows, batch);
            _rows += rows;
            batches.Return();
        }

        return new(_rows, (_targets.TotalLoss(_losses) / _rows) + _penalties.Sum(), _targets.Results(_losses, _rows), _confusion);
    }

    public void Dispose()
    {
        _penalties.Release();
        foreach (var head in _heads)
            head.Release();
        foreach (var gradient in _gradients)
            _workspace.Free(gradient);
    }

    private void Add(int output, int rows, Batch batch)
    {
        var head = _heads[output];
        var targets = batch.Targets[output];
        var last = _graph.Steps[_graph.ProducerOf(_graph.Outputs[output])].Layer;
        var takesLogits = last.IsOutputActivation && _targets.Trainings[output].Loss.Absorbs(last);
        _losses[output] += head.Lose(rows, takesLogits ? _inference.Logits(output) : _inference.Output(output, rows), targets, batch.Weights, _gradients[output]);
        if (!head.IsMeasured && _confusion.Length == 0)
            return;
        var predictions = head.Measure(rows, _inference.Output(output, rows), targets, batch.Weights);
        var classes = _confusion.Length;
        for (var row = 0; row < rows && classes > 0; row++)
            _confusion[Largest.Of(targets.AsSpan(row * classes, classes))][Largest.Of(predictions.Slice(row * classes, classes))]++;
    }
}
