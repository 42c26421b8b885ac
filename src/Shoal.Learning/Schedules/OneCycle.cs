namespace Shoal.Learning;

/// <summary>Half a cosine up to the peak, then one down far below the start, as PyTorch's OneCycleLR in two phases; then it stays.</summary>
/// <remarks>The peak is at step warmUp·totalSteps − 1, the last rate at step totalSteps − 1. Source: Smith and Topin, "Super-convergence", 2018.</remarks>
/// <param name="peak">The highest rate, from 0.</param>
/// <param name="totalSteps">All steps of the training, 2 or more.</param>
/// <param name="warmUp">The share of the steps that rises, from 0 to 1. <value>0.3</value></param>
/// <param name="startDivisor">The peak is this many times the first rate, 1 or more. <value>25</value></param>
/// <param name="finalDivisor">The first rate is this many times the last, 1 or more. <value>10000</value></param>
public sealed class OneCycle(double peak, long totalSteps, double warmUp = 0.3, double startDivisor = 25, double finalDivisor = 1e4) : LearningRateSchedule
{
    private readonly double _peak = CheckRate(peak, nameof(OneCycle), nameof(peak));
    private readonly double _last = totalSteps < 2
        ? throw new ArgumentOutOfRangeException(nameof(totalSteps), totalSteps, $"OneCycle: totalSteps must be 2 or more (was {totalSteps}).")
        : totalSteps - 1;

    private readonly double _top = (Check.Between(0, 1, warmUp, nameof(OneCycle), nameof(warmUp)) * totalSteps) - 1;
    private readonly double _start = peak / Check.Between(1, Most, startDivisor, nameof(OneCycle), nameof(startDivisor));
    private readonly double _divisor = Check.Between(1, Most, finalDivisor, nameof(OneCycle), nameof(finalDivisor));

    /// <inheritdoc/>
    public override double At(long step)
    {
        if (step < _top)
            return _start + ((_peak - _start) * Ease(step / _top));
        var from = Math.Max(_top, 0);
        var share = step >= _last ? 1 : (step - from) / (_last - from);
        return _peak + (((_start / _divisor) - _peak) * Ease(share));
    }
}
