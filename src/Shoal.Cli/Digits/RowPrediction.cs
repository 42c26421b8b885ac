namespace Shoal.Cli.Digits;

/// <summary>What a row's prediction brings back: the probabilities, and where they were computed.</summary>
internal sealed record RowPrediction(int ProcessId, int Worker, float[] Probabilities);
