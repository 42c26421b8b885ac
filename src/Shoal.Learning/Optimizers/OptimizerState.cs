namespace Shoal.Learning;

/// <summary>What an optimizer is between two steps: all that a checkpoint needs to go on to the bit.</summary>
/// <param name="Kind">The name of its class.</param>
/// <param name="Iterations">The steps taken.</param>
/// <param name="LearningRate">The size of the next step.</param>
/// <param name="HyperParameters">The numbers that it was made with, by name; clipping that is not set is absent.</param>
/// <param name="Slots">Its arrays by parameter and slot: <c>dense/kernel/momentum</c>.</param>
internal sealed record OptimizerState(
    string Kind, long Iterations, double LearningRate, IReadOnlyDictionary<string, double> HyperParameters, IReadOnlyDictionary<string, float[]> Slots);
