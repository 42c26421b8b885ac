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
    /// <param name="index">The item.</param>
    /// <param name="attempt">How often its workers died before.</param>
    /// <param name="worker">The worker's number.</param>
    /// <param name="items">The item as a message, or, where they are <paramref name="packed"/>, items side by side, of which the first one is run and taken off.</param>
    /// <param name="packed">Whether items lie side by side.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="cancel">The token of the item.</param>
    /// <returns>Whether <paramref name="output"/> holds a result rather than an error.</returns>
    public abstract bool Run(long index, int attempt, int worker, ref ReadOnlyMemory<byte> items, bool packed, IBufferWriter<byte> output, CancellationToken cancel);

    /// <summary>Where the time of its items goes.</summary>
    public WorkClock Clock { get; set; } = new();

    /// <summary>How many bytes each result has in a block: 0 where that differs, −1 where results go one by one.</summary>
    public abstract int ResultBytes { get; }

    /// <summary>
    /// Runs items that came side by side, until one throws, was taken back or has a result that does not fit into the block; only where <see cref="ResultBytes"/> is not −1.
    /// </summary>
    /// <param name="start">The first one.</param>
    /// <param name="attempt">How often their workers died before.</param>
    /// <param name="worker">The worker's number.</param>
    /// <param name="items">The items; those that were begun are taken off.</param>
    /// <param name="count">How many to run at most.</param>
    /// <param name="results">Receives the results, one after another.</param>
    /// <param name="running">Is told each item when the one before is finished.</param>
    /// <param name="cancel">The token of the items.</param>
    public abstract BlockRun RunBlock(
        long start, int attempt, int worker, ref ReadOnlySpan<byte> items, int count, Span<byte> results, RunningItem running, CancellationToken cancel);

    /// <summary>Writes the result of the item after a block, which did not fit into it, as <see cref="Run"/> does.</summary>
    public abstract bool WriteLeftOver(IBufferWriter<byte> output);
}

/// <summary>What became of a block of items.</summary>
/// <param name="Done">How many results are in the block.</param>
/// <param name="Bytes">How many bytes they have.</param>
/// <param name="LeftOver">Whether the item after those has a result that did not fit.</param>
/// <param name="Error">What the item after those threw, if it did.</param>
internal readonly record struct BlockRun(int Done, int Bytes, bool LeftOver, Exception? Error);

/// <summary>The runner of one function. One item at a time.</summary>
internal sealed class CallRunner<T, R>(Function<T, R> function, long seed, TimeSpan? timeout) : CallRunner
{
    private R? _leftOver;

    private bool NeedsContext => function.TakesContext || timeout is not null;

    public override bool Run(long index, int attempt, int worker, ref ReadOnlyMemory<byte> items, bool packed, IBufferWriter<byte> output, CancellationToken cancel)
    {
        Clock.Begin();
        try
        {
            var began = Begin();
            var item = packed ? TakeFirst(ref items) : WireFormat.Read<T>(items);
            Clock.HasRead();
            var result = Invoke(item, began, Context(index, attempt, worker, cancel));
            Clock.HasRun();
            return Write(output, result);
        }
        catch (Exception error) when (error is not FrameTooLongException)
        {
            return WriteError(output, error);
        }
        finally
        {
            Clock.End();
        }
    }

    public override int ResultBytes { get; } = Packing<T>.Instance is null ? -1 : Packing<R>.Instance?.Size ?? -1;

    // Compiled well at its first call: one call runs thousands of items, and the tiers of compilation would come when a short Map is over.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override BlockRun RunBlock(
        long start, int attempt, int worker, ref ReadOnlySpan<byte> items, int count, Span<byte> results, RunningItem running, CancellationToken cancel)
    {
        var (done, bytes) = (0, 0);
        try
        {
            var (reads, writes) = (Packing<T>.Instance!, Packing<R>.Instance!);
            while (done < count)
            {
                // Between items: a function that ignores its token stops here.
                cancel.ThrowIfCancellationRequested();
                var began = Begin();
                var item = reads.Read(items, out var used);
                items = items[used..];
                var result = Invoke(item, began, Context(start + done, attempt, worker, cancel));
                if (!writes.TryWrite(in result, results[bytes..], out var written))
                {
                    _leftOver = result;
                    return new BlockRun(done, bytes, LeftOver: true, null);
                }

                bytes += written;
                done++;
                if (!running.Next(start + done))
                    break;
            }

            return new BlockRun(done, bytes, LeftOver: false, null);
        }
        catch (Exception error)
        {
            return new BlockRun(done, bytes, LeftOver: false, error);
        }
    }

    public override bool WriteLeftOver(IBufferWriter<byte> output)
    {
        var result = _leftOver!;
        _leftOver = default;
        try
        {
            return Write(output, result);
        }
        catch (Exception error) when (error is not FrameTooLongException)
        {
            return WriteError(output, error);
        }
    }

    private static T TakeFirst(ref ReadOnlyMemory<byte> items)
    {
        var item = Packing<T>.Instance!.Read(items.Span, out var used);
        items = items[used..];
        return item;
    }

    private long Begin() => timeout is null ? 0 : Stopwatch.GetTimestamp();

    private ItemContext? Context(long index, int attempt, int worker, CancellationToken cancel)
        => NeedsContext ? new ItemContext(index, attempt, worker, seed, cancel) : null;

    private R Invoke(T item, long began, ItemContext? context)
        => timeout is { } limit ? TimeLimit.Invoke(function, item, began, limit, context!) : function.Invoke(item, context);

    // A result that is refused leaves nothing in the output, so that the error may follow.
    private static bool Write(IBufferWriter<byte> output, R result)
    {
        WireFormat.Write(output, result, "result");
        return true;
    }

    private static bool WriteError(IBufferWriter<byte> output, Exception error)
    {
        WireFormat.WriteError(output, error);
        return false;
    }
}
