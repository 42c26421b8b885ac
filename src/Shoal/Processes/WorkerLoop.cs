using Shoal.Calls;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// A worker's life: greet, be set up, then run what comes until the pool says stop. User code runs on the process's main thread.
/// </summary>
internal sealed partial class WorkerLoop(SocketLink socket, LifeLine lifeLine)
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
                case FrameKind.Filed when _contents is not null:
                    _contents.Map(frame);
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
            var body = setup.Body.ToArray();
            _number = SetupFrame.Apply(body);
            _memoryLimit = SetupFrame.MemoryLimitOf(body);
            IWorkerLink link = SetupFrame.HasRings(body) && RingSegment.TryOpen(Child.MemoryDescriptor) is { } segment
                ? new RingLink(segment, socket, isPool: false, LongestLook)
                : socket;
            _out.Begin(FrameKind.Ready);
            _out.Int32(link == socket ? 0 : SetupFrame.OpensFiles(body) ? ProcessWorker.Mapped | ProcessWorker.Opens : ProcessWorker.Mapped);
            _out.End();
            Flush();
            _link = link;
            _clock = link.CreateClock();
            if (link is RingLink rings)
            {
                lifeLine.Tell(rings.Running!.Value);
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
        var running = true;
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
            var here = frame.Kind switch
            {
                FrameKind.Item => 1,
                FrameKind.Items when frame.Int32(0) is var items && items >= 1 && items <= end - index => items,
                _ => throw new InvalidDataException($"A frame of kind {frame.Kind} came to a worker in the place of item {index} of a batch up to {end}."),
            };
            var last = index + here == end;
            if (running && here > 1 && _link.Open is { } open && BlockRunner(call) is { } runner)
                running = RunBlock(runner, index, here, attempt, frame.Body.Span[sizeof(int)..], open, last, cancel);
            else if (running)
                running = RunEach(call, index, here, attempt, frame, first: index == start, last, cancel);
            index += here;
        }
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
        var known = _calls[call];
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
