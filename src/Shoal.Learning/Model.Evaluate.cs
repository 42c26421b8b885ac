namespace Shoal.Learning;

public partial class Model
{
    /// <summary>Loss, metrics and confusion matrix on data with known classes.</summary>
    /// <param name="x">(rows, input shape), row-major.</param>
    /// <param name="labels">(rows): classes from 0.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, there are no rows, or a label is no class.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public EvaluationResult Evaluate(ReadOnlyMemory<float> x, ReadOnlyMemory<int> labels, CancellationToken cancel = default) =>
        Evaluate(new Dataset(x, labels), cancel);

    /// <summary>Loss and metrics on any data, in vectorised passes over 128 rows.</summary>
    /// <param name="data">Inputs and targets.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, there are no rows, or a label is no class.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public EvaluationResult Evaluate(Dataset data, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var batches = new ArrayBatches([.. Inputs.Select(i => i.Shape)], TargetLengths, data, new() { BatchSize = InferenceBatch, Shuffle = false });
        return Evaluate(batches, cancel: cancel);
    }

    /// <summary>Loss and metrics on batches of a source; the next batch is prepared on another thread.</summary>
    /// <param name="source">The batches, asked from number 0.</param>
    /// <param name="steps">How many; null for one pass over the data.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="ArgumentException">The source does not fit the model, or has no end.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public EvaluationResult Evaluate(IBatchSource source, int? steps = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_disposed, this);
        CheckFits(source, nameof(Evaluate));
        var count = StepsOf(source, steps, nameof(Evaluate));
        using var evaluator = new Evaluator(_graph, _inference, _targets, _workspace, source);
        return evaluator.Run(count, cancel);
    }

    private int[] TargetLengths => [.. _graph.Outputs.Select(o => _graph.ShapeOf(o).Size)];

    private static int StepsOf(IBatchSource source, int? steps, string verb) => Check.AtLeast(
        1, steps ?? source.StepsPerPass ?? throw new ArgumentException($"{verb}: the source has no end. Say how many steps."), verb, nameof(steps));

    private void CheckFits(IBatchSource source, string verb)
    {
        CheckInputs(source, verb);
        if (source.TargetLengths.Count != _graph.Outputs.Length)
            throw new ArgumentException($"{verb}: the batches hold {source.TargetLengths.Count} targets, the model has {_graph.Outputs.Length} outputs.");
        for (var i = 0; i < _graph.Outputs.Length; i++)
        {
            var (length, size) = (source.TargetLengths[i], _graph.ShapeOf(_graph.Outputs[i]).Size);
            if (length == size)
                continue;
            var layer = OutputLayer(_graph.Outputs[i]);
            throw new ArgumentException($"{verb}: the targets have {length} values, expected {size}, which {layer.Name} ({layer}) gives.");
        }
    }

    private void CheckInputs(IBatchSource source, string verb)
    {
        if (source.InputShapes.Count != Inputs.Count)
            throw new ArgumentException($"{verb}: the batches hold {source.InputShapes.Count} inputs, the model has {Inputs.Count}.");
        for (var i = 0; i < Inputs.Count; i++)
        {
            if (source.InputShapes[i].Equals(Inputs[i].Shape))
                continue;
            var reader = _graph.Steps[_graph.ConsumersOf(i)[0]].Layer;
            throw new ArgumentException(
                $"{verb}: the batches hold samples of shape {source.InputShapes[i]}, expected {Inputs[i].Shape}, which {reader.Name} ({reader}) takes.");
        }
    }
}
