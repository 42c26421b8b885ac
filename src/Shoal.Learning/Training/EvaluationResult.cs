namespace Shoal.Learning;

/// <summary>How well a classifier does on data with known classes.</summary>
/// <param name="Rows">Samples.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="Accuracy">The share of samples whose most probable class is the right one; the first of equals counts.</param>
/// <param name="Confusion">(true class, predicted class): how many samples.</param>
public sealed record EvaluationResult(int Rows, double Loss, double Accuracy, IReadOnlyList<IReadOnlyList<int>> Confusion);
