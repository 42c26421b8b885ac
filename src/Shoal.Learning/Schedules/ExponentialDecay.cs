namespace Shoal.Learning;

/// <summary>initial · decayRate^(step/decaySteps), as in Keras; as a staircase the power is a whole number, so that the rate drops every decaySteps steps.</summary>
/// <param name="initial">The first rate, from 0.</param>
/// <param name="decaySteps">The steps in which the rate is multiplied by <paramref name="decayRate"/>, 1 or more.</param>
/// <param name="decayRate">The factor, from 0 to 1.</param>
/// <param name="staircase">Whether the rate changes in steps only. <value>false</value></param>
public sealed class ExponentialDecay(double initial, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    private readonly double _initial = CheckRate(initial, nameof(ExponentialDecay), nameof(initial));
    private readonly long _steps = CheckSteps(decaySteps, nameof(ExponentialDecay), nameof(decaySteps));
    private readonly double _factor = Check.Between(0, 1, decayRate, nameof(ExponentialDecay), nameof(decayRate));

    /// <inheritdoc/>
    public override double At(long step) =>
        _initial * (staircase ? Powers.Whole(_factor, step / _steps) : Powers.Real(_factor, (double)step / _steps));
}
