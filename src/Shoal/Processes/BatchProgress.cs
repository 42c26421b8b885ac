using System.Diagnostics;
using Shoal.Backends;
using Shoal.Dispatch;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>How far a worker is with its batch: turns its frames into results and reports.</summary>
/// <remarks><see cref="Begin(Batch)"/>, <see cref="Sequence"/> and <see cref="Find"/> are called under the worker's lock, the rest by one thread at a time.</remarks>
internal sealed class BatchProgress(int worker, IBackendSink sink, WorkerLedger ledger)
{
    // An item that throws, or a cancelled one, must not wait longer for somebody who looks: half of the time that a batch should take.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(10);

    // The attendant wakes this many items before the end of the batch: the next one must go out without delay.
    private const double ItemsAwakeAtTheEnd = 1.5;

    // Between who sends batches and who reads their results.
    private readonly Lock _gate = new();
    private readonly Fifo<SentBatch> _waiting = new();
    private SentBatch _batch;
    private long _lastSequence;
    private Job? _job;
    private long _sequence;
    private long _next;
    private long _end;
    private long _start;
    private long _begun;
    private long _received;
    private long _reported;
    private long _told;
    private (long Index, Exception Error)? _unreadable;
    private byte[]? _openResults;

    /// <summary>The number that the next batch will have.</summary>
    public long NextSequence => _lastSequence + 1;

    /// <summary>The number of the batch whose results come, or came last. For the thread that reads.</summary>
    public long CurrentSequence => _sequence;

    /// <summary>Whether words in shared memory tell which item runs, so that results need not.</summary>
    public bool WordsTell { get; set; }

    /// <summary>Where results find the large blocks that are not in their frames.</summary>
    public IBlockSource? Blocks { get; set; }

    /// <summary>Whether the worker has no batch.</summary>
    public bool Idle => Volatile.Read(ref _job) is null;

    /// <summary>
    /// For how long nobody needs the next results: until shortly before the end of the batch, by the time of its items so far. A worker whose every
    /// result wakes a thread of the pool loses a fifth of its time on virtual cores (<c>digits --rows 10000</c>: 505 µs a row instead of 400).
    /// </summary>
    public TimeSpan Rest
    {
        get
        {
            long done = _next - _start, left = _end - _next;
            if (Idle || done == 0)
                return TimeSpan.Zero;
            TimeSpan item = Stopwatch.GetElapsedTime(_begun) / done;
            var frames = Math.Min(left - ItemsAwakeAtTheEnd, (double)SocketLink.Room / _received * done);
            return TimeSpan.FromTicks(Math.Min(LongestRest.Ticks, (item * frames).Ticks));
        }
    }

    /// <summary>The worker is sent this batch; it begins when it is done with those before.</summary>
    public void Begin(Batch batch)
    {
        lock (_gate)
        {
            SentBatch sent = new(batch, ++_lastSequence);
            if (_job is null)
                Begin(sent);
            else
                _waiting.Enqueue(sent);
        }
    }

    /// <summary>The number of the batch that runs, if it belongs to this call.</summary>
    public long? Sequence(int call)
    {
        lock (_gate)
            return _job?.Call == call ? _sequence : null;
    }

    /// <summary>A batch that the worker has, by the pool's number; none where it is done.</summary>
    public SentBatch? Find(long number)
    {
        lock (_gate)
        {
            if (_job is not null && _batch.Batch.Number == number)
                return _batch;
            foreach (SentBatch sent in _waiting)
            {
                if (sent.Batch.Number == number)
                    return sent;
            }
            return null;
        }
    }

    // Under the gate.
    private void Begin(in SentBatch sent)
    {
        _batch = sent;
        _sequence = sent.Sequence;
        _begun = Stopwatch.GetTimestamp();
        _next = _reported = _start = sent.Batch.Start;
        _received = 0;
        _told = -1;
        _end = sent.Batch.Start + sent.Batch.Count;
        _unreadable = null;
        Volatile.Write(ref _job, sent.Batch.Job);
    }

    // The worker goes on with the next batch, if it has one.
    private void EndBatch()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out SentBatch next))
                Begin(next);
            else
                _job = null;
        }
    }

    /// <summary>The worker runs this item of its batch.</summary>
    public void Runs(long index)
    {
        if (_job is not { } job || index == _told || index < _next || index >= _end)
            return;
        _told = index;
        sink.Running(worker, job.Call, index);
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">What came.</param>
    /// <param name="moreIsHere">Whether the next frame can be taken at once: results are reported together then.</param>
    /// <returns>A batch that makes no sense to go on with.</returns>
    public long? Take(Frame frame, bool moreIsHere)
    {
        if (frame.Kind == FrameKind.Spent)
        {
            sink.Spent(worker);
            return null;
        }
        Job job = Volatile.Read(ref _job) ?? throw new InvalidDataException($"A frame of kind {frame.Kind} came from a worker without a batch.");
        switch (frame.Kind)
        {
            case FrameKind.Times:
                ledger.Take(frame);
                return null;
            case FrameKind.Running:
                sink.Running(worker, job.Call, _next);
                return null;
            case FrameKind.Result:
                var cancel = Read(job, frame);
                if (!moreIsHere || _next == _end)
                    Flush();
                return cancel;
            case FrameKind.Results:
                ReadBlock(job, frame.Int64(0), frame.Int32(8), frame.Body.Span[12..]);
                if (!moreIsHere || _next == _end)
                    Flush();
                return null;
            case FrameKind.Cut:
                Check(frame);
                _end = _next;
                Flush();
                return null;
            case FrameKind.Error:
                Check(frame);
                Flush();
                (long Index, Exception Error) failed = _unreadable ?? (_next, ReadError(job, frame));
                EndBatch();
                sink.Failed(worker, job.Call, failed.Index, failed.Error);
                return null;
            default:
                throw new InvalidDataException($"A frame of kind {frame.Kind} came from a worker.");
        }
    }

    /// <summary>Takes the finished results of a block that the worker has not sent yet.</summary>
    /// <param name="open">Where they are.</param>
    /// <param name="isLast">Whether the worker is gone. While it lives the end of a batch comes as a frame.</param>
    public void TakeOpen(OpenResults open, bool isLast)
    {
        if (_job is not { ResultBytes: >= 0 } job)
            return;
        _openResults ??= new byte[OpenResults.Bytes];
        var count = open.Read(_sequence, job.ResultBytes, out var first, _openResults);
        var until = Math.Min(first + count, isLast ? _end : _end - 1);
        if (first > _next || until <= _next)
            return;
        try
        {
            var reads = ledger.Reads(OpenResults.Bytes);
            _ = job.ReadBlock(first, (int)(_next - first), (int)(until - first), _openResults);
            ledger.HasRead(OpenResults.Bytes, reads);
        }
        catch (InvalidDataException)
        {
            // A worker that lives sends them again as a frame, which is refused then; of a dead one these items run again.
            return;
        }
        _next = until;
        Flush();
    }

    /// <summary>Reports the results that were read, and the item that runs now.</summary>
    public void Flush()
    {
        if (_job is not { } job)
            return;
        long from = _reported, end = _next;
        var complete = end == _end;
        _reported = end;
        (long Index, Exception Error)? unreadable = _unreadable;
        if (unreadable is not null)
            end = Math.Min(end, unreadable.Value.Index);
        // The report may bring the next batch at once, on this very thread.
        if (complete)
            EndBatch();
        if (end > from)
            sink.Finished(worker, job.Call, from, (int)(end - from));
        if (complete && unreadable is not null)
            sink.Failed(worker, job.Call, unreadable.Value.Index, unreadable.Value.Error);
        else if (!complete && !WordsTell && end > from && unreadable is null)
            sink.Running(worker, job.Call, end);
    }

    private long? Read(Job job, Frame frame)
    {
        Check(frame);
        var index = _next;
        _received += SocketLink.MessageBytes + Frame.HeaderSize + frame.Body.Length;
        if (_unreadable is not null)
        {
            _next++;
            return null;
        }
        try
        {
            BlockSource.Current = Blocks;
            var reads = ledger.Reads(frame.Body.Length);
            job.ReadResult(index, frame.Body[8..]);
            ledger.HasRead(frame.Body.Length, reads);
            _next++;
            return null;
        }
        catch (Exception error) when (error is not LaneCutException)
        {
            _next++;
            // The user's types can throw while they are rebuilt: that is this item's failure. What follows it in the batch is of no use.
            _unreadable = (index, error);
            return _sequence;
        }
        finally
        {
            BlockSource.Current = null;
        }
    }

    // The first ones may have been taken already, when the block was still open.
    private void ReadBlock(Job job, long first, int count, ReadOnlySpan<byte> results)
    {
        var end = first + count;
        if (count <= 0 || first > _next || end < _next || end > _end)
            throw new InvalidDataException($"A worker sent {count} results from item {first} on where item {_next} of a batch up to {_end} was expected.");
        var reads = ledger.Reads(results.Length);
        if (job.ReadBlock(first, (int)(_next - first), count, results) is var read && read != results.Length)
            throw new InvalidDataException($"A worker sent {results.Length} bytes for {count} results of {read} bytes.");
        ledger.HasRead(results.Length, reads);
        _next = end;
    }

    private static Exception ReadError(Job job, Frame frame)
    {
        try
        {
            return job.ReadError(frame.Int64(0), frame.Body[8..]);
        }
        catch (Exception error)
        {
            return new ShoalException($"Item {frame.Int64(0)} failed in a worker, and its exception could not be read here: {error.Message}", error);
        }
    }

    private void Check(Frame frame)
    {
        if (frame.Int64(0) != _next || _next >= _end)
            throw new InvalidDataException($"A worker answered for item {frame.Int64(0)} where item {_next} of a batch up to {_end} was expected.");
    }
}
