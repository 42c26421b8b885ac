using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A number that the program and its local workers count up together.</summary>
/// <remarks>
/// Capture it in a function, or pass it as an item. Each operation is atomic, on all back ends; a worker that is killed has either counted or not. An item that runs again after its worker
/// died counts again. Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
public sealed unsafe class SharedCounter : IDisposable, IWireSelf<SharedCounter>
{
    private readonly SharedState _state;

    /// <summary>A counter.</summary>
    /// <param name="value">Where it starts.</param>
    /// <exception cref="ShoalException">The system has no shared memory.</exception>
    public SharedCounter(long value = 0)
        : this(SharedState.Create(sizeof(long), SegmentKind.Counter, nameof(SharedCounter))) => Word = value;

    private SharedCounter(SharedState state) => _state = state;

    /// <summary>The number now.</summary>
    /// <exception cref="ObjectDisposedException">The counter is disposed.</exception>
    public long Value => Interlocked.Read(ref Word);

    private ref long Word => ref *(long*)_state.Data;

    /// <summary>Adds, and returns the new number. It wraps around as a <c>long</c> does.</summary>
    public long Add(long value) => Interlocked.Add(ref Word, value);

    /// <summary>Adds 1, and returns the new number.</summary>
    public long Increment() => Interlocked.Increment(ref Word);

    /// <summary>Takes 1 away, and returns the new number.</summary>
    public long Decrement() => Interlocked.Decrement(ref Word);

    /// <summary>Puts another number in its place, and returns the one before.</summary>
    public long Exchange(long value) => Interlocked.Exchange(ref Word, value);

    /// <summary>Frees it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedCounter>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedCounter IWireSelf<SharedCounter>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Counter, nameof(SharedCounter)));
}
