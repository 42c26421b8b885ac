using Shoal.Learning;

/// <summary>The loss whose best prediction is passed by one truth in ten: the pinball loss at the level 0.9.</summary>
internal sealed class UpperQuantile : RowLoss
{
    protected override double Row(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        var error = target[0] - prediction[0];
        gradient[0] = error > 0 ? -0.9f : 0.1f;
        return error > 0 ? 0.9 * error : -0.1 * error;
    }
}
