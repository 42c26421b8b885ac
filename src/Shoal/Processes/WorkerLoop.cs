using System.Buffers;
using Shoal.Calls;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// A worker's life: greet, be set up, then run what comes until the pool says stop. User code runs on the process's main thread.
/// </summary>
internal sealed class WorkerLoop(SocketLink socket, LifeLine lifeLine)
{
    // The caller sends the next of a row of calls 10–20 µs after the last one's result; to be woken costs 25–100 µs.
    private static readonly TimeSpan LongestLook = TimeSpan.FromMicroseconds(100);

    private IWorkerLink _link = socket;
    private WorkClock _clock = new();

    private readonly FrameBuffer _out = new();
    private readonly Dictionary<int, object> _calls = []; // the definition's bytes until its first batch, then the runner
    private KeptContents? _contents;
    private int _number;
    private long _memoryLimit;

    /// <summary>Returns when the pool says stop.</summary>
    public void Serve()
    {
        lifeLine.Start();
        HelloFrame.Write(_out);
        Flush();
        if (!SetUp())
            return;
        while (Next() is var frame && frame.Kind != FrameKind.Stop)
        {
            switch (frame.Kind)
            {
                case FrameKind.Define:
                    _calls[frame.Int32(0)] = frame.Body[4..].ToArray();
                    break;
                case FrameKind.Forget:
                    _ = _calls.Remove(frame.Int32(0));
                    break;
                case FrameKind.Content when _contents is not null:
                    _contents.Take(frame);
                    break;
                case FrameKind.Drop when _contents is not null:
                    _contents.Drop(frame.Int64(0));
                    break;
                case FrameKind.Run:
                    OpenSegments.BeginBatch();
                    Run(frame.Int32(0), frame.Int32(4), frame.Int64(8), frame.Int64(16), frame.Int32(24));
                    OpenSegments.EndBatch();
                    break;
                default:
                    throw new InvalidDataException($"A frame of kind {frame.Kind} came to a worker.");
            }
        }
    }

    private bool SetUp()
    {
        Frame setup = Next();
        if (setup.Kind == FrameKind.Stop)
            return false;
        try
        {
            byte[] body = setup.Body.ToArray();
            _number = SetupFrame.Apply(body);
            _memoryLimit = SetupFrame.MemoryLimitOf(body);
            IWorkerLink link = SetupFrame.HasRings(body) && RingSegment.TryOpen(Child.MemoryDescriptor) is { } segment
                ? new RingLink(segment, socket, isPool: false, LongestLook)
                : socket;
            _out.Begin(FrameKind.Ready);
            _out.Int32(link == socket ? 0 : Posix.AcceptFences() ? ProcessWorker.MappedWithFences : ProcessWorker.Mapped);
            _out.End();
            Flush();
            _link = link;
            _clock = link.CreateClock();
            if (link is RingLink rings)
            {
                rings.Attach(_out);
                BlockSource.Current = _contents = new KeptContents(rings);
            }
            return true;
        }
        catch (Exception error)
        {
            _out.Clear();
            _out.Begin(FrameKind.StartFailed);
            WireFormat.WriteError(_out, error);
            _out.End();
            Flush();
            return false;
        }
    }

    private void Run(int call, int attempt, long sequence, long start, int count)
    {
        bool running = true;
        // Said before the function or an item is read: if that ends the process, this item is to blame, and not nobody.
        if (_link.Running is { } words)
        {
            running = words.Begin(sequence, start);
            if (!running)
                SendCut(start);
        }
        else
        {
            _out.Begin(FrameKind.Running);
            _out.End();
            Flush();
        }
        CancellationToken cancel = lifeLine.Begin(sequence);
        for (long index = start, end = start + count; index < end;)
        {
            Frame frame = Next();
            int here = frame.Kind switch
            {
                FrameKind.Item => 1,
                FrameKind.Items when frame.Int32(0) is var items && items >= 1 && items <= end - index => items,
                _ => throw new InvalidDataException($"A frame of kind {frame.Kind} came to a worker in the place of item {index} of a batch up to {end}."),
            };
            bool last = index + here == end;
            if (running && here > 1 && _link.Open is { } open && BlockRunner(call) is { } runner)
                running = RunBlock(runner, index, here, attempt, frame.Body.Span[sizeof(int)..], open, last, cancel);
            else if (running)
                running = RunEach(call, index, here, attempt, frame, first: index == start, last, cancel);
            index += here;
        }
    }

    // Whether to go on.
    private bool RunEach(int call, long index, int count, int attempt, Frame frame, bool first, bool last, CancellationToken cancel)
    {
        bool packed = frame.Kind == FrameKind.Items;
        ReadOnlyMemory<byte> items = packed ? frame.Body[sizeof(int)..] : frame.Body;
        for (long end = index + count; index < end; index++)
        {
            if (!first && _link.Running is { } words && !words.Next(index))
            {
                SendCut(index);
                return false;
            }
            first = false;
            bool isLast = last && index + 1 == end;
            bool goesOn = RunItem(call, index, attempt, ref items, packed, isLast, cancel);
            // Whoever reads the results looks every few milliseconds; only the end of the batch is news.
            bool ends = !goesOn || isLast;
            if (ends)
                LookAtMemory();
            Flush(wake: ends);
            if (!goesOn)
                return false;
        }
        return true;
    }

    // Items and results that lie side by side: without a frame for each. Whether to go on.
    private bool RunBlock(CallRunner runner, long index, int count, int attempt, ReadOnlySpan<byte> items, OpenResults open, bool last, CancellationToken cancel)
    {
        RunningItem running = _link.Running!.Value;
        for (long end = index + count; index < end;)
        {
            int most = (int)Math.Min(end - index, OpenResults.Bytes / Math.Max(1, runner.ResultBytes));
            Span<byte> results = open.Begin(index, runner.ResultBytes);
            // What such items take to be read and written counts as the function's.
            _clock.BeginBlock();
            _clock.HasRead();
            BlockRun run = runner.RunBlock(index, attempt, _number, ref items, most, results, running, cancel);
            _clock.HasRun();
            if (run.Done > 0)
            {
                _out.Begin(FrameKind.Results);
                _out.Int64(index);
                _out.Int32(run.Done);
                _out.Write(results[..run.Bytes]);
                _out.End();
            }
            index += run.Done;
            bool goesOn = run.Error is null && (!run.LeftOver || WriteLeftOver(runner, index));
            if (run.Error is not null)
                WriteError(index, run.Error);
            else if (run.LeftOver)
                index++;
            _clock.End();
            bool isLast = last && index == end, ends = !goesOn || isLast;
            if (ends)
                LookAtMemory();
            // To send it may have to wait for a pool that is slow to read.
            _clock.Pause();
            Flush(wake: ends);
            open.End();
            if (!goesOn)
                return false;
            // At the very end there is nothing left to give back. Only now the next item is told: a result that was left over is not in the block.
            if (!isLast && (run.LeftOver ? !running.Next(index) : running.IsCut))
            {
                SendCut(index);
                return false;
            }
        }
        return true;
    }

    // The results before it are handed over first. Whether to go on.
    private bool WriteLeftOver(CallRunner runner, long index)
    {
        Flush(wake: false);
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            bool done = runner.WriteLeftOver(_out);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            _out.Clear();
            WriteError(index, Named(error));
            return false;
        }
    }

    private bool RunItem(int call, long index, int attempt, ref ReadOnlyMemory<byte> items, bool packed, bool isLast, CancellationToken cancel)
    {
        TimesFrame? times = isLast && _link.Running is null ? new TimesFrame(_out) : null;
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            // Between items: a function that ignores its token stops here.
            cancel.ThrowIfCancellationRequested();
            CallRunner runner = Runner(call);
            bool done = packed
                ? runner.RunFirst(index, attempt, _number, ref items, _out, cancel)
                : runner.Run(index, attempt, _number, items, _out, cancel);
            if (isLast || !done)
                _clock.Pause();
            times?.Fill(_clock);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            // The definition could not be read, the result is longer than a frame (and part of it is written), or the batch was cancelled.
            _out.Clear();
            WriteError(index, Named(error));
            return false;
        }
    }

    private static Exception Named(Exception error) => error is FrameTooLongException ? new ArgumentException("The result cannot travel. " + error.Message, error) : error;

    private void SendCut(long index)
    {
        _out.Begin(FrameKind.Cut);
        _out.Int64(index);
        _out.End();
        Flush();
    }

    private void WriteError(long index, Exception error)
    {
        _out.Begin(FrameKind.Error);
        _out.Int64(index);
        WireFormat.WriteError(_out, error);
        _out.End();
    }

    // None where items go one by one; a definition that cannot be read is the first item's failure.
    private CallRunner? BlockRunner(int call)
    {
        try
        {
            return Runner(call) is { ResultBytes: >= 0 and <= OpenResults.Bytes } runner ? runner : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private CallRunner Runner(int call)
    {
        object known = _calls[call];
        if (known is byte[] definition)
        {
            _clock.BeginBlock();
            CallRunner runner = CallRunner.Read(definition);
            runner.Clock = _clock;
            _calls[call] = known = runner;
            _clock.End();
        }
        return (CallRunner)known;
    }

    // At the end of a batch, before its last frame: the pool is to know it before it sends another one.
    private void LookAtMemory()
    {
        if (_memoryLimit == 0 || ProcessMemory.Above(Environment.ProcessId, _memoryLimit) is null)
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (ProcessMemory.Above(Environment.ProcessId, _memoryLimit) is null)
            return;
        FrameBuffer spent = new();
        spent.Begin(FrameKind.Spent);
        spent.End();
        _link.Send(spent, wake: false);
    }

    private void Flush(bool wake = true)
    {
        _link.Send(_out, wake);
        _out.Clear();
    }

    private Frame Next()
    {
        if (!_link.HasMore)
            _clock.Pause();
        if (!_link.Receive(out Frame frame))
            LifeLine.Die();
        return frame;
    }
}
