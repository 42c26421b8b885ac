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

    private readonly FrameBuffer _out = new();
    private readonly Dictionary<int, object> _calls = []; // the definition's bytes until its first batch, then the runner
    private int _number;

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
            IWorkerLink link = SetupFrame.HasRings(body) && RingSegment.TryOpen(Child.MemoryDescriptor) is { } segment
                ? new RingLink(segment, socket, isPool: false, LongestLook)
                : socket;
            _out.Begin(FrameKind.Ready);
            _out.Int32(link == socket ? 0 : Posix.AcceptFences() ? ProcessWorker.MappedWithFences : ProcessWorker.Mapped);
            _out.End();
            Flush();
            _link = link;
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
            (int offset, int size) = frame.Kind switch
            {
                FrameKind.Item => (0, frame.Body.Length),
                FrameKind.Items => (4, frame.Int32(0)),
                _ => throw new InvalidDataException($"A frame of kind {frame.Kind} came to a worker in the place of item {index}."),
            };
            ReadOnlyMemory<byte> items = frame.Body[offset..];
            int here = frame.Kind == FrameKind.Item ? 1 : items.Length / size;
            bool last = index + here == start + count;
            if (running && here > 1 && _link.Open is { } open && BlockRunner(call) is { } runner)
                running = RunBlock(runner, index, attempt, items.Span, size, open, last, cancel);
            else if (running)
                running = RunEach(call, index, attempt, items, size, first: index == start, last, cancel);
            index += here;
        }
    }

    // Whether to go on.
    private bool RunEach(int call, long index, int attempt, ReadOnlyMemory<byte> items, int size, bool first, bool last, CancellationToken cancel)
    {
        do
        {
            if (!first && _link.Running is { } words && !words.Next(index))
            {
                SendCut(index);
                return false;
            }
            first = false;
            bool goesOn = RunItem(call, index++, attempt, items[..size], cancel);
            items = items[size..];
            // Whoever reads the results looks every few milliseconds; only the end of the batch is news.
            Flush(wake: !goesOn || (last && items.IsEmpty));
            if (!goesOn)
                return false;
        }
        while (!items.IsEmpty);
        return true;
    }

    // Items and results that are their memory: without a frame for each. Whether to go on.
    private bool RunBlock(CallRunner runner, long index, int attempt, ReadOnlySpan<byte> items, int size, OpenResults open, bool last, CancellationToken cancel)
    {
        while (!items.IsEmpty)
        {
            int count = Math.Min(items.Length / size, OpenResults.Bytes / runner.ResultBytes);
            Span<byte> results = open.Begin(index, runner.ResultBytes, count);
            Exception? error = runner.RunBlock(index, attempt, _number, items[..(count * size)], results, _link.Running!.Value, cancel, out int done);
            if (done > 0)
            {
                _out.Begin(FrameKind.Results);
                _out.Int64(index);
                _out.Write(results[..(done * runner.ResultBytes)]);
                _out.End();
            }
            if (error is not null)
                WriteError(index + done, error);
            items = items[(count * size)..];
            // At the very end there is nothing left to give back.
            bool isLast = last && items.IsEmpty, cut = error is null && _link.Running!.Value.IsCut && !(isLast && done == count);
            Flush(wake: error is not null || isLast);
            open.End();
            if (cut)
                SendCut(index + done);
            if (error is not null || cut)
                return false;
            index += count;
        }
        return true;
    }

    private bool RunItem(int call, long index, int attempt, ReadOnlyMemory<byte> item, CancellationToken cancel)
    {
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            // Between items: a function that ignores its token stops here.
            cancel.ThrowIfCancellationRequested();
            bool done = Runner(call).Run(index, attempt, _number, item, _out, cancel);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            // The definition could not be read, the result is longer than a frame, or the batch was cancelled.
            _out.Clear();
            WriteError(index, error);
            return false;
        }
    }

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
            return Runner(call) is { ResultBytes: > 0 and <= OpenResults.Bytes } runner ? runner : null;
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
            _calls[call] = known = CallRunner.Read(definition);
        return (CallRunner)known;
    }

    private void Flush(bool wake = true)
    {
        _link.Send(_out, wake);
        _out.Clear();
    }

    private Frame Next()
    {
        if (!_link.Receive(out Frame frame))
            LifeLine.Die();
        return frame;
    }
}
