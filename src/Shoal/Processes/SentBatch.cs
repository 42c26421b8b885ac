using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>A batch that a worker was sent.</summary>
/// <param name="Batch">What the pool knows of it.</param>
/// <param name="Sequence">How many batches this worker was sent up to this one.</param>
internal readonly record struct SentBatch(Batch Batch, long Sequence);
