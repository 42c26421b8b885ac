namespace Shoal.Learning;

/// <summary>One run of a batch through the layers.</summary>
/// <param name="Rows">Samples in the batch.</param>
/// <param name="Training">Whether dropout drops and batch normalisation uses the batch's own statistics.</param>
/// <param name="Seed">The seed of the training run, for layers that draw.</param>
/// <param name="Step">The number of the training step, from 0, for layers that draw.</param>
public readonly record struct Pass(int Rows, bool Training = false, ulong Seed = 0, ulong Step = 0);
