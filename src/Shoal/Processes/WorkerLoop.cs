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
            _out.Int32(link == socket ? 0 : 1);
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
        // Said before the function or an item is read: if that ends the process, this item is to blame, and not nobody.
        if (_link.Running is { } words)
        {
            words.Begin(sequence, start);
        }
        else
        {
            _out.Begin(FrameKind.Running);
            _out.End();
            Flush();
        }
        CancellationToken cancel = lifeLine.Begin(sequence);
        bool running = true;
        for (long index = start; index < start + count; index++)
        {
            Frame item = Next();
            if (item.Kind != FrameKind.Item)
                throw new InvalidDataException($"A frame of kind {item.Kind} came to a worker in the place of item {index}.");
            if (!running)
                continue;
            if (index > start)
                _link.Running?.Next(index);
            running = RunItem(call, index, attempt, item, cancel);
            // Whoever reads the results looks every few milliseconds; only the end of the batch is news.
            Flush(wake: !running || index == start + count - 1);
        }
    }

    private bool RunItem(int call, long index, int attempt, Frame item, CancellationToken cancel)
    {
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            // Between items: a function that ignores its token stops here.
            cancel.ThrowIfCancellationRequested();
            bool done = Runner(call).Run(index, attempt, _number, item.Body, _out, cancel);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            // The definition could not be read, the result is longer than a frame, or the batch was cancelled.
            _out.Clear();
            _out.Begin(FrameKind.Error);
            _out.Int64(index);
            WireFormat.WriteError(_out, error);
            _out.End();
            return false;
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
