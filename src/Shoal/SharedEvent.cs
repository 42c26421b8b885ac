using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A flag that the program and its local workers set, reset and wait for.</summary>
/// <remarks>
/// Capture it in a function, or pass it as an item. It stays set until it is reset, and lets everybody through. Nobody holds it, so that a death says nothing: give each wait a time.
/// Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
public sealed unsafe class SharedEvent : IDisposable, IWireSelf<SharedEvent>
{
    private readonly SharedState _state;

    /// <summary>An event.</summary>
    /// <param name="set">Whether it is set from the beginning.</param>
    /// <exception cref="ShoalException">The system has no shared memory.</exception>
    public SharedEvent(bool set = false)
        : this(SharedState.Create(sizeof(int), SegmentKind.Event, nameof(SharedEvent))) => *Word = set ? 1 : 0;

    private SharedEvent(SharedState state) => _state = state;

    /// <summary>Whether it is set now.</summary>
    /// <exception cref="ObjectDisposedException">The event is disposed.</exception>
    public bool IsSet => Volatile.Read(ref *Word) != 0;

    private int* Word => (int*)_state.Data;

    /// <summary>Sets it: whoever waits goes on.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref *Word, 1) == 0)
            Futex.Wake(Word);
    }

    /// <summary>Resets it: whoever waits from now on waits for the next <see cref="Set"/>.</summary>
    public void Reset() => Volatile.Write(ref *Word, 0);

    /// <summary>Waits until it is set.</summary>
    /// <param name="timeout">How long; for ever if absent, zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether it was set in that time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        var deadline = new Deadline(timeout);
        while (!IsSet)
        {
            cancel.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
                return false;
            Futex.Wait(Word, 0, deadline.NextSlice);
        }

        return true;
    }

    /// <summary>Frees it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedEvent>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedEvent IWireSelf<SharedEvent>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Event, nameof(SharedEvent)));
}
