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
    internal CapturedArrays Captured { get; } = new();

    /// <summary>Runs the function on one item here and stores its result; throws what the function throws.</summary>
    public abstract void Run(long index, int attempt, int worker, CancellationToken cancel);

    /// <summary>Writes the function and the types: what a worker needs once before the first item.</summary>
    /// <exception cref="ItemRefusedException">The function cannot travel.</exception>
    public abstract void WriteDefinition(IBufferWriter<byte> output);

    /// <summary>Writes one item.</summary>
    /// <exception cref="ItemRefusedException">The item cannot travel.</exception>
    public abstract void WriteItem(long index, IBufferWriter<byte> output);

    /// <summary>How many bytes <see cref="WriteItem"/> writes for each item, where those are what the item is in memory; 0 where items differ.</summary>
    internal virtual int ItemBytes => 0;

    /// <summary>Writes items one after another, each in <see cref="ItemBytes"/> bytes.</summary>
    /// <returns>How many were written, from the first one on; 1 or more.</returns>
    internal virtual int WriteBlock(long start, int count, IBufferWriter<byte> output) => throw new NotSupportedException();

    /// <summary>Reads and stores the result of one item.</summary>
    public abstract void ReadResult(long index, ReadOnlyMemory<byte> result);

    /// <summary>How many bytes each result has, where those are what it is in memory; 0 where results differ.</summary>
    internal virtual int ResultBytes => 0;

    /// <summary>Reads and stores results that came one after another, each in <see cref="ResultBytes"/> bytes.</summary>
    internal virtual void ReadBlock(long start, ReadOnlySpan<byte> results) => throw new NotSupportedException();

    /// <summary>Reads an exception that the function threw in a worker.</summary>
    public abstract Exception ReadError(long index, ReadOnlyMemory<byte> error);
}
