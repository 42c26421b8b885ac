namespace Shoal.Learning;

/// <summary>The same rate at every step.</summary>
/// <param name="rate">The rate, from 0.</param>
public sealed class ConstantRate(double rate) : LearningRateSchedule
{
    private readonly double _rate = CheckRate(rate, nameof(ConstantRate), nameof(rate));

    /// <inheritdoc/>
    public override double At(long step) => _rate;
}
