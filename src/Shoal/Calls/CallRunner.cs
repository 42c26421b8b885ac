using System.Buffers;
using System.Diagnostics;
using Shoal.Wire;

namespace Shoal.Calls;

/// <summary>
/// The worker's half of a <see cref="Backends.Job"/>: reads its definition once, then runs items that arrive as bytes.
/// </summary>
internal abstract class CallRunner
{
    /// <summary>Reads what <see cref="Backends.Job.WriteDefinition"/> wrote.</summary>
    public static CallRunner Read(ReadOnlyMemory<byte> definition) => CallDefinition.Read(definition);

    /// <summary>
    /// Runs the function on one item. Writes the result, or, where reading, running or writing the result threw, the exception in the form that
    /// <see cref="Backends.Job.ReadError"/> reads.
    /// </summary>
    /// <returns>Whether <paramref name="output"/> holds a result rather than an error.</returns>
    public abstract bool Run(long index, int attempt, int worker, ReadOnlyMemory<byte> item, IBufferWriter<byte> output, CancellationToken cancel);
}

/// <summary>The runner of one function. One item at a time.</summary>
internal sealed class CallRunner<T, R>(Function<T, R> function, long seed, TimeSpan? timeout) : CallRunner
{
    public override bool Run(long index, int attempt, int worker, ReadOnlyMemory<byte> item, IBufferWriter<byte> output, CancellationToken cancel)
    {
        try
        {
            var context = function.TakesContext || timeout is not null ? new ItemContext(index, attempt, worker, seed, cancel) : null;
            // A result that is refused leaves nothing in the output, so that the error may follow.
            WireFormat.Write(output, Invoke(item, context), "result");
            return true;
        }
        catch (Exception error)
        {
            WireFormat.WriteError(output, error);
            return false;
        }
    }

    private R Invoke(ReadOnlyMemory<byte> item, ItemContext? context)
    {
        if (timeout is not { } limit)
            return function.Invoke(WireFormat.Read<T>(item), context);
        var start = Stopwatch.GetTimestamp();
        return TimeLimit.Invoke(function, WireFormat.Read<T>(item), start, limit, context!);
    }
}
