namespace Shoal;

/// <summary>A <see cref="SharedBarrier"/> cannot be passed: one of its parties gave up, died, or took it back.</summary>
public sealed class SharedBarrierBrokenException : ShoalException
{
    internal SharedBarrierBrokenException(string reason)
        : base($"The SharedBarrier is broken: {reason}. SharedBarrier.Reset makes it whole again for the next round.")
    {
    }
}
