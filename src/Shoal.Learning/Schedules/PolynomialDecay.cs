namespace Shoal.Learning;

/// <summary>From the first rate to the last along (1 − step/decaySteps)^power, as in Keras; then it stays.</summary>
/// <param name="initial">The first rate, from 0.</param>
/// <param name="decaySteps">The steps to the last rate, 1 or more.</param>
/// <param name="final">The last rate, from 0. <value>0.0001</value></param>
/// <param name="power">1 for a line, above 0. <value>1</value></param>
/// <param name="cycle">
/// Whether it begins anew instead of staying: after decaySteps the length is doubled, after twice as many trebled, so that each cycle starts lower.
/// <value>false</value>
/// </param>
public sealed class PolynomialDecay(double initial, long decaySteps, double final = 0.0001, double power = 1, bool cycle = false) : LearningRateSchedule
{
    private readonly double _initial = CheckRate(initial, nameof(PolynomialDecay), nameof(initial));
    private readonly double _final = CheckRate(final, nameof(PolynomialDecay), nameof(final));
    private readonly long _steps = CheckSteps(decaySteps, nameof(PolynomialDecay), nameof(decaySteps));
    private readonly double _power = Check.Between(1e-6, 1e6, power, nameof(PolynomialDecay), nameof(power));

    /// <inheritdoc/>
    public override double At(long step)
    {
        var length = cycle && step > 0 ? _steps * ((step + _steps - 1) / _steps) : _steps;
        return ((_initial - _final) * Powers.Real(1 - Share(step, length), _power)) + _final;
    }
}
