namespace Shoal.Learning;

public abstract partial class Optimizer
{
    /// <summary>
    /// What the learning rate follows, step by step; null for one number that may be set. The number that the optimizer was made with does not count then:
    /// <c>new Adam { Schedule = new CosineDecay(0.002, 5000) }</c>. <value>null</value>
    /// </summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>The size of the next step: a number that may be changed between steps, or what <see cref="Schedule"/> says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">What is set is not a positive finite number.</exception>
    /// <exception cref="InvalidOperationException">It is set although there is a schedule, or the schedule gives a negative rate or none.</exception>
    public double LearningRate
    {
        get => Schedule is null ? field : Scheduled(Schedule, Iterations);
        set
        {
            if (Schedule is not null)
            {
                throw new InvalidOperationException(
                    $"{GetType().Name}: LearningRate follows its {Schedule.GetType().Name} and cannot be set. Leave out Schedule to set it.");
            }

            field = value > 0 && double.IsFinite(value)
                ? value
                : throw new ArgumentOutOfRangeException(
                    nameof(value), value, FormattableString.Invariant($"{GetType().Name}: LearningRate must be above 0 (was {value})."));
        }
    }

    private double Scheduled(LearningRateSchedule schedule, long step)
    {
        var rate = schedule.At(step);
        return rate >= 0 && double.IsFinite(rate)
            ? rate
            : throw new InvalidOperationException(FormattableString.Invariant(
                $"{GetType().Name}: {schedule.GetType().Name} gives the learning rate {rate} at step {step}; it must be 0 or more and finite."));
    }
}
