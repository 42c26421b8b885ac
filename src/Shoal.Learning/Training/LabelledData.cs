namespace Shoal.Learning;

/// <summary>Samples with the number of their class, as for validation.</summary>
/// <param name="X">(samples, input shape), row-major.</param>
/// <param name="Labels">(samples): classes from 0.</param>
public sealed record LabelledData(ReadOnlyMemory<float> X, ReadOnlyMemory<int> Labels);
