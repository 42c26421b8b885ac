using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shoal.Processes;
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

    /// <summary>How many bytes each result has, where items and results are what they are in memory; 0 otherwise.</summary>
    public virtual int ResultBytes => 0;

    /// <summary>Runs items that came one after another, until one throws or was taken back; only where <see cref="ResultBytes"/> is not 0.</summary>
    /// <param name="start">The first one.</param>
    /// <param name="attempt">How often their workers died before.</param>
    /// <param name="worker">The worker's number.</param>
    /// <param name="items">The items.</param>
    /// <param name="results">Receives the results, one after another.</param>
    /// <param name="running">Is told each item when the one before is finished.</param>
    /// <param name="cancel">The token of the items.</param>
    /// <param name="done">How many are finished.</param>
    /// <returns>What the item after those threw, if it did.</returns>
    public virtual Exception? RunBlock(
        long start, int attempt, int worker, ReadOnlySpan<byte> items, Span<byte> results, RunningItem running, CancellationToken cancel, out int done)
        => throw new NotSupportedException();
}

/// <summary>The runner of one function. One item at a time.</summary>
internal sealed class CallRunner<T, R>(Function<T, R> function, long seed, TimeSpan? timeout) : CallRunner
{
    private bool NeedsContext => function.TakesContext || timeout is not null;

    public override bool Run(long index, int attempt, int worker, ReadOnlyMemory<byte> item, IBufferWriter<byte> output, CancellationToken cancel)
    {
        try
        {
            var context = NeedsContext ? new ItemContext(index, attempt, worker, seed, cancel) : null;
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

    public override int ResultBytes { get; } = WireFormat.IsBlock<T>() && WireFormat.IsBlock<R>() ? Unsafe.SizeOf<R>() : 0;

    public override Exception? RunBlock(
        long start, int attempt, int worker, ReadOnlySpan<byte> items, Span<byte> results, RunningItem running, CancellationToken cancel, out int done)
    {
        done = 0;
        try
        {
            for (var at = 0; at < items.Length; at += Unsafe.SizeOf<T>())
            {
                // Between items: a function that ignores its token stops here.
                cancel.ThrowIfCancellationRequested();
                var context = NeedsContext ? new ItemContext(start + done, attempt, worker, seed, cancel) : null;
                var item = Unsafe.ReadUnaligned<T>(in items[at]);
                var result = timeout is { } limit
                    ? TimeLimit.Invoke(function, item, Stopwatch.GetTimestamp(), limit, context!)
                    : function.Invoke(item, context);
                Unsafe.WriteUnaligned(ref results[done * Unsafe.SizeOf<R>()], result);
                done++;
                if (!running.Next(start + done))
                    break;
            }

            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
