using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What an <see cref="OnnxModel"/> computes with, and how much memory a run may take.</summary>
public sealed record OnnxOptions
{
    /// <summary>Threads of one computation; 0 for as many as there are cores. Results do not depend on it. <value>0</value></summary>
    public int Threads { get; init; }

    /// <summary>
    /// Bytes that the tensors of one run may take at a time, the model's own not counted; a run that needs more ends with an error that names the
    /// node. <value>4 GiB</value>
    /// </summary>
    public long MemoryLimit { get; init; } = 4L << 30;

    /// <summary>The arithmetic to use in place of the processor's own; its owner disposes it after the model. <value>null</value></summary>
    public IKernels? Kernels { get; init; }
}
