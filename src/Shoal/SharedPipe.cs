using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A line between two, in the program and its local workers: what is sent into one end is received at the other, in both directions.</summary>
/// <typeparam name="T">The items: whatever may travel to a worker. Each is a copy.</typeparam>
/// <remarks>
/// Capture it, or one of its ends, in a function, or pass it as an item. Linux only so far. Thread-safe. Dispose it when the calls that use it are over.
/// </remarks>
public sealed class SharedPipe<T> : IDisposable, IWireSelf<SharedPipe<T>>
{
    private readonly PipeMemory _memory;

    /// <summary>A pipe with both ends open and nothing in it.</summary>
    /// <param name="capacityInBytes">How many bytes of items it holds at most in each direction: an item needs its bytes on the wire and 4 more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacityInBytes"/> is below 1024.</exception>
    /// <exception cref="ShoalException">The system has not that much shared memory, or none.</exception>
    public SharedPipe(int capacityInBytes = 1 << 16)
        : this(PipeMemory.Create(capacityInBytes, Name))
    {
    }

    private SharedPipe(PipeMemory memory)
    {
        _memory = memory;
        First = new SharedPipeEnd<T>(memory, 0);
        Second = new SharedPipeEnd<T>(memory, 1);
    }

    /// <summary>One end.</summary>
    public SharedPipeEnd<T> First { get; }

    /// <summary>The other end.</summary>
    public SharedPipeEnd<T> Second { get; }

    internal static string Name => $"SharedPipe<{TypeText.Of(typeof(T))}>";

    /// <summary>Frees it, with what is in it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _memory.State.Dispose();

    void IWireSelf<SharedPipe<T>>.WriteTo(WireWriter writer) => _memory.State.Write(writer);

    static SharedPipe<T> IWireSelf<SharedPipe<T>>.ReadFrom(WireReader reader) => new(new PipeMemory(SharedState.Read(reader, SegmentKind.Pipe, Name)));
}
