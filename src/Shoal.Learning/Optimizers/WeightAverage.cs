namespace Shoal.Learning;

/// <summary>Which average of the weights along the training a model ends with: smoother than the last weights, and often better.</summary>
/// <remarks>
/// Immutable; the trainable parameters are averaged. Statistics of batch normalisation belong to the weights that they were taken with: estimate them anew
/// for the averaged ones (<see cref="FitOptions.StatisticsBatches"/>).
/// </remarks>
public sealed class WeightAverage
{
    private WeightAverage(double? decay, long startStep, int everySteps)
    {
        Decay = decay;
        StartStep = startStep >= 0
            ? startStep
            : throw new ArgumentOutOfRangeException(nameof(startStep), startStep, $"WeightAverage: startStep must not be negative (was {startStep}).");
        EverySteps = Check.AtLeast(1, everySteps, nameof(WeightAverage), nameof(everySteps));
    }

    /// <summary>The share of the average that stays at each addition; null for the plain mean.</summary>
    public double? Decay { get; }

    /// <summary>The steps before the first addition.</summary>
    public long StartStep { get; }

    /// <summary>The steps from one addition to the next.</summary>
    public int EverySteps { get; }

    /// <summary>
    /// An exponential moving average: average += (weights − average)·(1 − decay). The first 1/(1 − decay) additions are a plain mean, so that the first
    /// weights count no more than others.
    /// </summary>
    /// <param name="decay">The share that stays, from 0, below 1. <value>0.999</value></param>
    /// <param name="startStep">The steps before the first addition. <value>0</value></param>
    /// <param name="everySteps">The steps from one addition to the next, 1 or more. <value>1</value></param>
    public static WeightAverage Exponential(double decay = 0.999, long startStep = 0, int everySteps = 1) =>
        new(Check.Between(0, 0.9999999, decay, nameof(WeightAverage), nameof(decay)), startStep, everySteps);

    /// <summary>The plain mean. Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization" (SWA), 2018.</summary>
    /// <param name="startStep">The steps before the first addition. <value>0</value></param>
    /// <param name="everySteps">The steps from one addition to the next, 1 or more: those of an epoch, in the paper. <value>1</value></param>
    public static WeightAverage Mean(long startStep = 0, int everySteps = 1) => new(null, startStep, everySteps);

    /// <summary>Whether the weights after this step count.</summary>
    /// <param name="step">The steps taken, from 1.</param>
    internal bool Takes(long step) => step > StartStep && (step - StartStep - 1) % EverySteps == 0;

    /// <summary>How much of the way to the weights the average goes.</summary>
    /// <param name="number">Which addition it is, from 1.</param>
    internal float Share(long number) => (float)Math.Max(1 - (Decay ?? 1), 1.0 / number);
}
