namespace Shoal.Learning;

/// <summary>The learning rate as a function of the steps taken.</summary>
/// <remarks>
/// A function of the step alone, so that a resumed training meets the same rates. Immutable, thread-safe. One of your own derives from this class.
/// Set it as <see cref="Optimizer.Schedule"/>.
/// </remarks>
public abstract class LearningRateSchedule
{
    private protected const double Most = 1e30;

    /// <summary>The rate of a step.</summary>
    /// <param name="step">The steps taken before it, from 0.</param>
    /// <returns>Finite, 0 or more.</returns>
    public abstract double At(long step);

    /// <summary>steps/length, from 0 to 1.</summary>
    private protected static double Share(long step, long length) => step >= length ? 1 : (double)step / length;

    /// <summary>From 0 to 1 along half a cosine.</summary>
    private protected static double Ease(double share) => 0.5 * (1 - Numerics.SpecialFunctions.Cos(Math.PI * share));

    private protected static double CheckRate(double value, string owner, string parameter) => Check.Between(0, Most, value, owner, parameter);

    private protected static long CheckSteps(long value, string owner, string parameter) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value, $"{owner}: {parameter} must be 1 or more (was {value}).");
}
