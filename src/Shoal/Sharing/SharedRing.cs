using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>Messages in the order of their writing, in a ring of bytes. Used inside a <see cref="SharedMonitor"/>.</summary>
/// <remarks>
/// Where it begins, where it ends and how many messages it holds are kept twice. A change is written to the copy that is not in use, and one write makes it the one in use: who dies in the middle has changed nothing.
/// </remarks>
internal readonly unsafe struct SharedRing(byte* address)
{
    /// <summary>Bytes of each message beside its own.</summary>
    public const int Overhead = sizeof(int);

    private Layout* State => (Layout*)address;

    private byte* Bytes => address + sizeof(Layout);

    /// <summary>How many messages there are.</summary>
    public int Count => Current.Count;

    /// <summary>How many bytes of messages, overhead included, it holds at most.</summary>
    public int Capacity => State->Capacity;

    private Position Current => State->InUse == 0 ? State->First : State->Second;

    /// <summary>The memory that a ring needs.</summary>
    public static long SizeFor(int capacity) => sizeof(Layout) + (long)capacity;

    /// <summary>Prepares memory that is zero.</summary>
    public void Initialize(int capacity) => State->Capacity = capacity;

    /// <summary>Adds a message; false where there is no room now.</summary>
    public bool TryWrite(ReadOnlySpan<byte> message)
    {
        var at = Current;
        if (State->Capacity - (at.End - at.Begin) < message.Length + Overhead)
            return false;
        var length = message.Length;
        Copy(at.End, new ReadOnlySpan<byte>(&length, Overhead));
        Copy(at.End + Overhead, message);
        Commit(at with { End = at.End + Overhead + message.Length, Count = at.Count + 1 });
        return true;
    }

    /// <summary>Takes the oldest message; false where there is none.</summary>
    public bool TryRead(out byte[] message)
    {
        var at = Current;
        message = [];
        if (at.Count == 0)
            return false;
        int length;
        Fetch(at.Begin, new Span<byte>(&length, Overhead));
        if (length < 0 || length > at.End - at.Begin - Overhead)
            throw new InvalidDataException($"The ring is damaged: a message of {length} bytes where {at.End - at.Begin - Overhead} are left.");
        message = new byte[length];
        Fetch(at.Begin + Overhead, message);
        Commit(at with { Begin = at.Begin + Overhead + length, Count = at.Count - 1 });
        return true;
    }

    private void Commit(Position next)
    {
        if (State->InUse == 0)
            State->Second = next;
        else
            State->First = next;
        Volatile.Write(ref State->InUse, 1 - State->InUse);
    }

    private void Copy(long position, ReadOnlySpan<byte> bytes)
    {
        var start = (int)(position % State->Capacity);
        var first = Math.Min(bytes.Length, State->Capacity - start);
        bytes[..first].CopyTo(new Span<byte>(Bytes + start, first));
        bytes[first..].CopyTo(new Span<byte>(Bytes, bytes.Length - first));
    }

    private void Fetch(long position, Span<byte> bytes)
    {
        var start = (int)(position % State->Capacity);
        var first = Math.Min(bytes.Length, State->Capacity - start);
        new ReadOnlySpan<byte>(Bytes + start, first).CopyTo(bytes);
        new ReadOnlySpan<byte>(Bytes, bytes.Length - first).CopyTo(bytes[first..]);
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct Position(long Begin, long End, int Count);

    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public int Capacity;
        public int InUse;
        public Position First;
        public Position Second;
    }
}
