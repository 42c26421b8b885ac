using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>
/// One verb's call as back ends see it: a function, its items by index, and a place for each result.
/// </summary>
/// <remarks>
/// A back end in the caller's process uses <see cref="Run"/>; one that crosses a wire sends <see cref="WriteDefinition"/> once to
/// each worker and then <see cref="WriteItem"/> and <see cref="ReadResult"/> for each item. Different items may be handled by different threads at once.
/// </remarks>
[Experimental("SHOAL001")]
public abstract class Job
{
    private protected Job(int call) => Call = call;

    /// <summary>The number of the call, unique within its pool.</summary>
    public int Call { get; }

    /// <summary>The large arrays that its function captured.</summary>
    internal CapturedArrays Captured => field ??= new();

    /// <summary>Runs the function on one item here and stores its result; throws what the function throws.</summary>
    public abstract void Run(long index, int attempt, int worker, CancellationToken cancel);

    /// <summary>Writes the function and the types: what a worker needs once before the first item.</summary>
    /// <exception cref="ItemRefusedException">The function cannot travel.</exception>
    public abstract void WriteDefinition(IBufferWriter<byte> output);

    /// <summary>Writes one item.</summary>
    /// <exception cref="ItemRefusedException">The item cannot travel.</exception>
    public abstract void WriteItem(long index, IBufferWriter<byte> output);

    /// <summary>Writes items side by side, as many as fit and need nothing said about each.</summary>
    /// <returns>How many were written, from the first one on; 0 where <see cref="WriteItem"/> must write the first one.</returns>
    internal virtual int WriteBlock(long start, int count, Span<byte> room, out int bytes)
    {
        bytes = 0;
        return 0;
    }

    /// <summary>Reads and stores the result of one item.</summary>
    public abstract void ReadResult(long index, ReadOnlyMemory<byte> result);

    /// <summary>How many bytes each result has in a block: 0 where that differs, −1 where results come one by one.</summary>
    internal virtual int ResultBytes => -1;

    /// <summary>Reads results that came side by side, and stores them but for the first ones.</summary>
    /// <returns>How many bytes they had.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    internal virtual int ReadBlock(long first, int skip, int count, ReadOnlySpan<byte> results)
        => throw new InvalidDataException("A worker sent a block of results for a call whose results come one by one.");

    /// <summary>Reads an exception that the function threw in a worker.</summary>
    public abstract Exception ReadError(long index, ReadOnlyMemory<byte> error);
}
