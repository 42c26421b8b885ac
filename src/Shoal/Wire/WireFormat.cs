using System.Buffers;

namespace Shoal.Wire;

/// <summary>Turns values into bytes and back. Each call is a graph of its own: shared references and cycles are kept within it.</summary>
internal static class WireFormat
{
    /// <summary>The version that the handshake compares.</summary>
    public const int Version = 1;

    /// <summary>Writes a value.</summary>
    /// <param name="output">Receives the bytes.</param>
    /// <param name="value">The value, declared as <typeparamref name="T"/>.</param>
    /// <param name="name">What errors call the value, such as <c>row</c>; paths start with it.</param>
    /// <exception cref="ArgumentException">Something in it cannot travel; the message holds the path and the cure.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T value, string name) => throw new NotSupportedException();

    /// <summary>Reads a value that <see cref="Write{T}"/> wrote.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException();

    /// <summary>Writes an exception that a user's function threw; never fails: what cannot travel is dropped or replaced by text.</summary>
    public static void WriteError(IBufferWriter<byte> output, Exception error) => throw new NotSupportedException();

    /// <summary>Reads an exception: a fresh object of its own type with the remote stack set once, or a <c>RemoteException</c>.</summary>
    public static Exception ReadError(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException();
}
