namespace Shoal;

/// <summary>The process that held a <see cref="SharedLock"/> died while it did: what the lock guards may be half changed.</summary>
/// <remarks>Told to one of those who want the lock, who does not hold it then. The next one gets it as usual.</remarks>
public sealed class SharedLockAbandonedException : ShoalException
{
    internal SharedLockAbandonedException()
        : base("The process that held the SharedLock died while it did, so that what the lock guards may be half changed. The lock is free again. " +
            "To repair it under the lock, use SharedLock.TryEnter(timeout, out abandoned), which hands the lock over instead.")
    {
    }
}
