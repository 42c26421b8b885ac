using System.Buffers;
using System.Diagnostics;
using Shoal.Backends;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Calls;

/// <summary>What becomes of the results of a call.</summary>
internal enum Keeping
{
    /// <summary>They are given all at once at the end.</summary>
    All,

    /// <summary>They are read one by one while the call runs, and dropped then.</summary>
    UntilRead,

    /// <summary>They say nothing.</summary>
    Nothing,
}

/// <summary>One call over items: reads them by index, runs or ships the function, and keeps the results in input order.</summary>
/// <param name="call">Its number.</param>
/// <param name="function">The function.</param>
/// <param name="items">Its items.</param>
/// <param name="options">What the user chose for it.</param>
/// <param name="travel">How functions of its pool travel.</param>
/// <param name="keeping">What becomes of the results.</param>
internal sealed class MapJob<T, R>(
    int call, Function<T, R> function, IEnumerable<T> items, MapOptions options, FunctionOptions travel, Keeping keeping = Keeping.All)
    : PoolJob(call, options), IResults<R>
{
    private readonly ItemStore<T> _items = ItemStore<T>.Of(items, lazily: keeping == Keeping.UntilRead);
    private readonly ResultStore<R> _results = new();

    public override long? Count => _items.Count;

    public override long Taken => _items.Taken;

    public override bool Streams => keeping == Keeping.UntilRead;

    // Without an end where results are dropped as they are read.
    private long? Places => Streams ? null : _items.Count;

    /// <summary>All results in input order; only when every item is done.</summary>
    public R[] Results() => _results.ToArray(_items.Taken);

    /// <summary>The results that a verb would have returned, for a call whose failures were collected.</summary>
    public Array KeptResults() => keeping == Keeping.All ? Results() : Array.Empty<R>();

    public R TakeResult(long index)
    {
        var place = _results.Range(index, 1);
        var result = place[0];
        place[0] = default!;
        _results.Finish(index, 1);
        return result;
    }

    public override bool TakeOne() => _items.TakeOne();

    public override void CloseInput() => _items.Close();

    public override void Release(long start, int count)
    {
        _items.Release(start, count);
        if (keeping == Keeping.Nothing)
            _results.Finish(start, count);
        Reading?.Add(start, count);
    }

    public override void RunRange(long start, int count, int attempt, Lane lane, ref int done)
    {
        _results.Reserve(Places);
        while (lane.BeginPart(start + done, count - done) is var left and > 0)
        {
            var first = start + done;
            var results = _results.Range(first, left);
            var part = _items.Range(first, results.Length);
            results = results[..part.Length];
            try
            {
                if (function.TakesContext || Options.Timeout is not null)
                    RunWithContext(part, results, first, attempt, lane, ref lane.DoneOfPart);
                else
                    function.InvokeAll(part, results, lane.Stop, ref lane.DoneOfPart);
            }
            finally
            {
                done += lane.DoneOfPart;
            }
        }
    }

    public override void Run(long index, int attempt, int worker, CancellationToken cancel)
    {
        var context = function.TakesContext || Options.Timeout is not null ? new ItemContext(index, attempt, worker, Options.Seed, cancel) : null;
        Store(index, Invoke(_items.Range(index, 1)[0], context));
    }

    public override void WriteDefinition(IBufferWriter<byte> output)
    {
        try
        {
            CallDefinition.Write(output, function, Options.Seed, travel, Options.Timeout);
        }
        catch (Exception error)
        {
            throw new ItemRefusedException(-1, error);
        }
    }

    public override void Prepare() => CallDefinition.Prepare(function, Options.Seed, Options.Timeout);

    public override void WriteItem(long index, IBufferWriter<byte> output)
    {
        try
        {
            WireFormat.Write(output, _items.Range(index, 1)[0], "item", travel);
        }
        catch (Exception error)
        {
            throw new ItemRefusedException(index, error);
        }
    }

    internal override int WriteBlock(long start, int count, Span<byte> room, out int bytes)
    {
        bytes = 0;
        if (Packing<T>.Instance is not { } packing)
            return 0;
        try
        {
            return packing.Write(_items.Range(start, count), room, out bytes);
        }
        catch (InvalidOperationException error)
        {
            throw new ItemRefusedException(start, error);
        }
    }

    public override void ReadResult(long index, ReadOnlyMemory<byte> result) => Store(index, WireFormat.Read<R>(result));

    internal override int ResultBytes => Packing<R>.Instance?.Size ?? -1;

    internal override int ReadBlock(long first, int skip, int count, ReadOnlySpan<byte> results)
    {
        if (Packing<R>.Instance is not { } packing)
            return base.ReadBlock(first, skip, count, results);
        _results.Reserve(Places);
        var at = packing.Skip(results, skip);
        for (var done = skip; done < count;)
        {
            var places = _results.Range(first + done, count - done);
            at += packing.Read(results[at..], places);
            done += places.Length;
        }

        return at;
    }

    public override Exception ReadError(long index, ReadOnlyMemory<byte> error) => WireFormat.ReadError(error);

    private R Invoke(T item, ItemContext? context)
        => Options.Timeout is { } limit
            ? TimeLimit.Invoke(function, item, Stopwatch.GetTimestamp(), limit, context!)
            : function.Invoke(item, context);

    private void Store(long index, R result)
    {
        _results.Reserve(Places);
        _results.Range(index, 1)[0] = result;
    }

    private void RunWithContext(ReadOnlySpan<T> items, Span<R> results, long first, int attempt, Lane lane, ref int done)
    {
        for (var i = 0; i < items.Length && !lane.Stop.Raised; i++)
        {
            results[i] = Invoke(items[i], new ItemContext(first + i, attempt, lane.Worker, Options.Seed, lane.Token));
            done = i + 1;
        }
    }
}
