using System.Runtime.CompilerServices;

namespace Shoal.Learning;

public partial class Model
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
        var length = OutputShape.Size;
        if (outputs.Length != rows * (long)length)
            throw new ArgumentException($"outputs holds {outputs.Length} values, expected {rows * (long)length}: {length} for each of {rows} rows.");
        for (var row = 0; row < rows; row += InferenceBatch)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(InferenceBatch, rows - row);
            Write(0, x, row, count);
            _inference.Compute(count);
            Read(0, outputs, row, count);
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

    /// <summary>The outputs of any number of rows of a model with several inputs or outputs.</summary>
    /// <param name="inputs">For each input of the model (rows, its shape), row-major.</param>
    /// <param name="cancel">Stops between batches of 128 rows.</param>
    /// <returns>For each output of the model (rows, its shape), row-major.</returns>
    /// <exception cref="ArgumentException">The count of arrays is not that of the inputs, or their rows do not fit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    [OverloadResolutionPriority(-1)]
    public float[][] Predict(IReadOnlyList<ReadOnlyMemory<float>> inputs, CancellationToken cancel = default)
    {
        var rows = RowsOf(inputs);
        float[][] outputs = [.. OutputShapes.Select(shape => new float[checked(rows * shape.Size)])];
        for (var row = 0; row < rows; row += InferenceBatch)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(InferenceBatch, rows - row);
            for (var i = 0; i < inputs.Count; i++)
                Write(i, inputs[i].Span, row, count);
            _inference.Compute(count);
            for (var i = 0; i < outputs.Length; i++)
                Read(i, outputs[i], row, count);
        }

        return outputs;
    }

    /// <summary>The outputs of batches of a source, one batch after the other; the next is prepared on another thread meanwhile. Its targets do not matter.</summary>
    /// <remarks>Nothing is asked of the source before the result is read, and never more than two batches ahead.</remarks>
    /// <param name="source">The batches, asked from number 0.</param>
    /// <param name="steps">How many; null for one pass over the data.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>For each batch, for each output of the model, (rows of the batch, its shape), row-major.</returns>
    /// <exception cref="ArgumentException">The source does not fit the model, or has no end; thrown at once.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> said so.</exception>
    public IEnumerable<float[][]> Predict(IBatchSource source, int? steps = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_disposed, this);
        CheckInputs(source, nameof(Predict));
        return Stream(source, StepsOf(source, steps, nameof(Predict)), cancel);
    }

    private IEnumerable<float[][]> Stream(IBatchSource source, int steps, CancellationToken cancel)
    {
        using var batches = new BatchPreparer(source, 0, steps);
        for (var step = 0L; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, this);
            var (batch, rows) = batches.Take(step, cancel);
            _inference.Compute(batch, rows);
            batches.Return();
            float[][] outputs = [.. OutputShapes.Select(shape => new float[rows * shape.Size])];
            for (var i = 0; i < outputs.Length; i++)
                Read(i, outputs[i], 0, rows);
            yield return outputs;
        }
    }

    private void Write(int input, ReadOnlySpan<float> x, int row, int count)
    {
        var size = _graph.ShapeOf(input).Size;
        _workspace.Kernels.Write(x.Slice(row * size, count * size), _inference.Input(input, count));
    }

    private void Read(int output, Span<float> destination, int row, int count)
    {
        var size = _graph.ShapeOf(_graph.Outputs[output]).Size;
        _workspace.Kernels.Read(_inference.Output(output, count), destination.Slice(row * size, count * size));
    }

    private int RowsOf(IReadOnlyList<ReadOnlyMemory<float>> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (inputs.Count != Inputs.Count)
            throw new ArgumentException($"Predict: got {inputs.Count} arrays, expected {Inputs.Count}: one for each of {string.Join(", ", Inputs)}.");
        var rows = inputs[0].Length / InputShape.Size;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Length != (long)rows * Inputs[i].Shape.Size)
                throw new ArgumentException($"Predict: {Inputs[i]} got {inputs[i].Length} values, expected {(long)rows * Inputs[i].Shape.Size} for {rows} rows.");
        }

        return rows;
    }

    private int RowsOf(ReadOnlySpan<float> x)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Inputs.Count > 1 || _graph.Outputs.Length > 1)
            throw new InvalidOperationException($"The model has {Inputs.Count} inputs and {_graph.Outputs.Length} outputs: call Predict with an array for each input.");
        return x.Length % InputShape.Size == 0
            ? x.Length / InputShape.Size
            : throw new ArgumentException(
                $"x holds {x.Length} values, expected a multiple of {InputShape.Size}: the model takes rows of shape {InputShape}.");
    }
}
