using System.Buffers;

namespace Shoal.Calls;

/// <summary>
/// The worker's half of a <see cref="Backends.Job"/>: reads its definition once, then runs items that arrive as bytes.
/// </summary>
internal abstract class CallRunner
{
    /// <summary>Reads what <see cref="Backends.Job.WriteDefinition"/> wrote.</summary>
    public static CallRunner Read(ReadOnlyMemory<byte> definition) => throw new NotSupportedException();

    /// <summary>
    /// Runs the function on one item. Writes the result, or, where reading, running or writing the result threw, the exception in the form that
    /// <see cref="Backends.Job.ReadError"/> reads.
    /// </summary>
    /// <returns>Whether <paramref name="output"/> holds a result rather than an error.</returns>
    public abstract bool Run(long index, int attempt, int worker, ReadOnlyMemory<byte> item, IBufferWriter<byte> output, CancellationToken cancel);
}
