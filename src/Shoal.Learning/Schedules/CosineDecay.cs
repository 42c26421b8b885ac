namespace Shoal.Learning;

/// <summary>A line up to the peak, then half a cosine down to a share of it, as in Keras; then it stays.</summary>
/// <remarks>Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without restarts.</remarks>
/// <param name="peak">The rate after the warm-up, or the first without one, from 0. (Keras' warmup_target, or initial_learning_rate without.)</param>
/// <param name="decaySteps">The steps from the peak to the end, 1 or more; those of the warm-up do not count.</param>
/// <param name="final">The last rate as a share of the peak, from 0 to 1. <value>0</value></param>
/// <param name="warmUpSteps">The steps from <paramref name="start"/> to the peak. <value>0, for none</value></param>
/// <param name="start">The first rate of the warm-up, from 0. <value>0</value></param>
public sealed class CosineDecay(double peak, long decaySteps, double final = 0, long warmUpSteps = 0, double start = 0) : LearningRateSchedule
{
    private readonly double _peak = CheckRate(peak, nameof(CosineDecay), nameof(peak));
    private readonly long _steps = CheckSteps(decaySteps, nameof(CosineDecay), nameof(decaySteps));
    private readonly double _final = Check.Between(0, 1, final, nameof(CosineDecay), nameof(final));
    private readonly double _start = CheckRate(start, nameof(CosineDecay), nameof(start));
    private readonly long _warmUp = warmUpSteps == 0 ? 0 : CheckSteps(warmUpSteps, nameof(CosineDecay), nameof(warmUpSteps));

    /// <inheritdoc/>
    public override double At(long step) => step < _warmUp
        ? ((_peak - _start) * Share(step, _warmUp)) + _start
        : _peak * (((1 - _final) * (1 - Ease(Share(step - _warmUp, _steps)))) + _final);
}
