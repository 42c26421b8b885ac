using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What a model computes with, and its first weights.</summary>
public sealed record ModelOptions
{
    /// <summary>The seed of the first weights. <value>0</value></summary>
    public ulong Seed { get; init; }

    /// <summary>Threads of one computation; 0 for as many as there are cores. Results do not depend on it. <value>0</value></summary>
    public int Threads { get; init; }

    /// <summary>The arithmetic to use in place of the processor's own; its owner disposes it after the model. <value>null</value></summary>
    public IKernels? Kernels { get; init; }
}
