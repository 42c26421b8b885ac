using System.Buffers;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A loss of the user's own: one method that looks at one row.</summary>
/// <remarks>
/// Rows are taken in their order, on the thread that trains. Write no static or instance fields in <see cref="Row"/>.
/// <example>
/// The loss of quantiles, one output for the level 0.9:
/// <code>
/// sealed class UpperQuantile : RowLoss
/// {
///     protected override double Row(ReadOnlySpan&lt;float&gt; prediction, ReadOnlySpan&lt;float&gt; target, Span&lt;float&gt; gradient)
///     {
///         var error = target[0] - prediction[0];
///         gradient[0] = error &gt; 0 ? -0.9f : 0.1f;
///         return error &gt; 0 ? 0.9 * error : -0.1 * error;
///     }
/// }
/// </code>
/// </example>
/// </remarks>
public abstract class RowLoss : Loss
{
    /// <inheritdoc/>
    public override bool FromLogits => false;

    /// <summary>The loss of one row, and its gradient.</summary>
    /// <param name="prediction">(outputs).</param>
    /// <param name="target">(outputs).</param>
    /// <param name="gradient">(outputs), to be written whole: the slope of this row's loss by each value of the prediction.</param>
    protected abstract double Row(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient);

    /// <inheritdoc/>
    public sealed override void Compute(
        IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient)
    {
        var length = checked(rows * outputs);
        var buffer = ArrayPool<float>.Shared.Rent(checked((3 * length) + rows));
        try
        {
            Span<float> x = buffer.AsSpan(0, length), t = buffer.AsSpan(length, length), d = buffer.AsSpan(2 * length, length);
            var values = buffer.AsSpan(3 * length, rows);
            kernels.Read(predictions, x);
            kernels.Read(targets, t);
            for (var row = 0; row < rows; row++)
                values[row] = (float)Row(x.Slice(row * outputs, outputs), t.Slice(row * outputs, outputs), d.Slice(row * outputs, outputs));
            foreach (ref var slope in d)
                slope /= rows;
            kernels.Write(values, losses);
            kernels.Write(d, gradient);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
