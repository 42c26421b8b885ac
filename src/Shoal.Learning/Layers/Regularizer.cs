namespace Shoal.Learning;

/// <summary>A price on the size of a parameter, L1·Σ|w| + L2·Σw², added to the loss of every training step and to its gradient.</summary>
/// <remarks>
/// As Keras' <c>regularizers.L1</c>, <c>L2</c> and <c>L1L2</c>: the gradient is L1·sign(w) + 2·L2·w. Unlike weight decay it goes through the
/// optimizer. Immutable, thread-safe.
/// </remarks>
public sealed record Regularizer
{
    /// <summary>A regularizer with these factors.</summary>
    /// <param name="l1">The factor of Σ|w|, from 0 to 1e6. <value>0</value></param>
    /// <param name="l2">The factor of Σw², from 0 to 1e6. <value>0</value></param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is outside of its range.</exception>
    public Regularizer(double l1 = 0, double l2 = 0) => (L1, L2) =
        (Check.Between(0, 1e6, l1, nameof(Regularizer), nameof(l1)), Check.Between(0, 1e6, l2, nameof(Regularizer), nameof(l2)));

    /// <summary>The factor of Σ|w|.</summary>
    public double L1 { get; }

    /// <summary>The factor of Σw².</summary>
    public double L2 { get; }
}
