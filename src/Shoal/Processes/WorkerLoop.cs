using Shoal.Calls;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// A worker's life: greet, be set up, then run what comes until the pool says stop. User code runs on the process's main thread.
/// </summary>
internal sealed class WorkerLoop(IWorkerLink link, LifeLine lifeLine)
{
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
            _number = SetupFrame.Apply(setup.Body.ToArray());
            _out.Begin(FrameKind.Ready);
            _out.End();
            Flush();
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
        _out.Begin(FrameKind.Running);
        _out.End();
        Flush();
        CancellationToken cancel = lifeLine.Begin(sequence);
        bool running = true;
        for (long index = start; index < start + count; index++)
        {
            Frame item = Next();
            if (item.Kind != FrameKind.Item)
                throw new InvalidDataException($"A frame of kind {item.Kind} came to a worker in the place of item {index}.");
            if (!running)
                continue;
            running = RunItem(call, index, attempt, item, cancel);
            Flush();
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

    private void Flush()
    {
        link.Send(_out);
        _out.Clear();
    }

    private Frame Next()
    {
        if (!link.Receive(out Frame frame))
            LifeLine.Die();
        return frame;
    }
}
