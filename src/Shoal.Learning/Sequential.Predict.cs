namespace Shoal.Learning;

public sealed partial class Sequential
{
    // Rows that go through the layers together: enough that the weights of wide dense layers are read seldom, and the buffers stay small.
    private const int InferenceBatch = 128;

    /// <summary>The outputs (probabilities, where the model ends with <see cref="Softmax"/>) of any number of rows.</summary>
    /// <remarks>One row at a time and many at once give the same bits. After the first call with as many rows nothing is allocated.</remarks>
    /// <param name="x">(rows, input shape), row-major.</param>
    /// <param name="outputs">(rows, output shape), written.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <exception cref="ArgumentException">A length is no multiple of a row's, or the two do not fit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> outputs, CancellationToken cancel = default)
    {
        var rows = RowsOf(x);
        var (inputs, length) = (InputShape.Size, OutputShape.Size);
        if (outputs.Length != rows * (long)length)
            throw new ArgumentException($"outputs holds {outputs.Length} values, expected {rows * (long)length}: {length} for each of {rows} rows.");
        for (var row = 0; row < rows; row += InferenceBatch)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(InferenceBatch, rows - row);
            _inference.Predict(x.Slice(row * inputs, count * inputs), count, outputs.Slice(row * length, count * length));
        }
    }

    /// <summary>The outputs of any number of rows, in a new array.</summary>
    /// <param name="x">(rows, input shape), row-major.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <returns>(rows, output shape), row-major.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="x"/> is no multiple of a row's.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public float[] Predict(ReadOnlySpan<float> x, CancellationToken cancel = default)
    {
        var outputs = new float[checked(RowsOf(x) * OutputShape.Size)];
        Predict(x, outputs, cancel);
        return outputs;
    }

    /// <summary>Loss, accuracy and confusion matrix on data with known classes.</summary>
    /// <param name="x">(rows, input shape), row-major.</param>
    /// <param name="labels">(rows): classes from 0.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, there are no rows, or a label is no class.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public EvaluationResult Evaluate(ReadOnlySpan<float> x, ReadOnlySpan<int> labels, CancellationToken cancel = default)
    {
        var rows = RowsOf(x);
        var classes = OutputShape.Size;
        if (rows == 0 || rows != labels.Length)
        {
            throw new ArgumentException(
                $"x holds {rows} samples of shape {InputShape}, but there are {labels.Length} labels. Each sample needs one, and there must be some.");
        }

        Labels.Check(labels, classes);
        var evaluation = new Evaluator(Kernels, Loss, classes, Math.Min(rows, InferenceBatch));
        try
        {
            for (var row = 0; row < rows; row += InferenceBatch)
            {
                cancel.ThrowIfCancellationRequested();
                var count = Math.Min(InferenceBatch, rows - row);
                var samples = x.Slice(row * InputShape.Size, count * InputShape.Size);
                evaluation.Add(_inference.Logits(samples, count), labels.Slice(row, count));
            }

            return evaluation.Result();
        }
        finally
        {
            evaluation.Dispose();
        }
    }

    private int RowsOf(ReadOnlySpan<float> x)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return x.Length % InputShape.Size == 0
            ? x.Length / InputShape.Size
            : throw new ArgumentException(
                $"x holds {x.Length} values, expected a multiple of {InputShape.Size}: the model takes rows of shape {InputShape}.");
    }
}
