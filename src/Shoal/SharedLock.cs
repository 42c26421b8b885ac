using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A lock that the program and its local workers share: one thread of one process is inside at a time.</summary>
/// <remarks>
/// Capture it in a function, or pass it as an item. The death of a process that holds it is noticed within 0.2 seconds, and told to one of those who wait: see <see cref="SharedLockAbandonedException"/>.
/// It belongs to the thread that entered, and is not reentrant. Not fair. Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
public sealed unsafe class SharedLock : IDisposable, IWireSelf<SharedLock>
{
    private readonly SharedState _state;

    /// <summary>A lock that nobody holds.</summary>
    /// <exception cref="ShoalException">The system has no shared memory.</exception>
    public SharedLock()
        : this(SharedState.Create(SharedMonitor.Size, SegmentKind.Lock, nameof(SharedLock)))
    {
    }

    private SharedLock(SharedState state) => _state = state;

    private SharedMonitor Monitor => new(_state.Data);

    /// <summary>Waits for the lock and holds it until the returned scope is disposed: <c>using (guard.EnterScope()) { … }</c>.</summary>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">Others held it for all that time.</exception>
    /// <exception cref="SharedLockAbandonedException">The holder died. This thread does not hold the lock.</exception>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Scope EnterScope(TimeSpan? timeout = null, CancellationToken cancel = default) =>
        Enter(timeout, cancel) ? new Scope(this) : throw new TimeoutException($"The SharedLock was held by others for {timeout}. Hold it for less time, or wait longer.");

    /// <summary>Waits for the lock; <see cref="Exit"/> ends what it begins.</summary>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether this thread holds it.</returns>
    /// <exception cref="SharedLockAbandonedException">The holder died. This thread does not hold the lock.</exception>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryEnter(TimeSpan timeout, CancellationToken cancel = default) => Enter(timeout, cancel);

    /// <summary>As the other form, but a lock whose holder died is handed over, so that what it guards can be repaired.</summary>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="abandoned">Whether this thread holds it and the one before died while it did.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether this thread holds it.</returns>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryEnter(TimeSpan timeout, out bool abandoned, CancellationToken cancel = default)
    {
        var entry = Monitor.Enter(new Deadline(timeout), cancel);
        abandoned = entry == Entry.Abandoned;
        return entry != Entry.TimedOut;
    }

    /// <summary>Lets the lock go.</summary>
    /// <exception cref="SynchronizationLockException">This thread does not hold it.</exception>
    public void Exit() => Monitor.Exit();

    /// <summary>Frees it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedLock>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedLock IWireSelf<SharedLock>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Lock, nameof(SharedLock)));

    private bool Enter(TimeSpan? timeout, CancellationToken cancel)
    {
        var entry = Monitor.Enter(new Deadline(timeout), cancel);
        if (entry != Entry.Abandoned)
            return entry == Entry.Entered;
        Monitor.Exit();
        throw new SharedLockAbandonedException();
    }

    /// <summary>Holds the lock until it is disposed, on the same thread and once.</summary>
    public readonly ref struct Scope
    {
        private readonly SharedLock _lock;

        internal Scope(SharedLock held) => _lock = held;

        /// <summary>Lets the lock go.</summary>
        public void Dispose() => _lock.Exit();
    }
}
