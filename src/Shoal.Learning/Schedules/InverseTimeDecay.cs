namespace Shoal.Learning;

/// <summary>initial / (1 + decayRate · step/decaySteps), as in Keras; as a staircase step/decaySteps is a whole number.</summary>
/// <param name="initial">The first rate, from 0.</param>
/// <param name="decaySteps">The steps that count as one, 1 or more.</param>
/// <param name="decayRate">How fast the rate falls, from 0.</param>
/// <param name="staircase">Whether the rate changes in steps only. <value>false</value></param>
public sealed class InverseTimeDecay(double initial, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    private readonly double _initial = CheckRate(initial, nameof(InverseTimeDecay), nameof(initial));
    private readonly long _steps = CheckSteps(decaySteps, nameof(InverseTimeDecay), nameof(decaySteps));
    private readonly double _speed = Check.Between(0, Most, decayRate, nameof(InverseTimeDecay), nameof(decayRate));

    /// <inheritdoc/>
    public override double At(long step) => _initial / (1 + (_speed * (staircase ? step / _steps : (double)step / _steps)));
}
