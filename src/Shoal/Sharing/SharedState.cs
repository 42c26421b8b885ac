using Shoal.Processes;
using Shoal.Wire;

namespace Shoal.Sharing;

/// <summary>The segment behind one object that users share: how it travels, and what becomes of it when it is disposed.</summary>
internal sealed unsafe class SharedState
{
    private readonly string _what;

    private SharedState(Segment segment, string what)
    {
        Segment = segment;
        _what = what;
    }

    /// <summary>The memory.</summary>
    public Segment Segment { get; }

    /// <summary>The first byte of the data.</summary>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    public byte* Data
    {
        get
        {
            if (Segment.IsDisposed)
                ThrowDisposed();
            return Segment.Data;
        }
    }

    /// <exception cref="ShoalException">There is no shared memory, or not that much.</exception>
    public static SharedState Create(long bytes, int kind, string what)
    {
        var segment = Segment.Create(bytes, kind, what);
        OpenSegments.Add(segment);
        return new SharedState(segment, what);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ShoalException">The owner is gone, or has disposed it.</exception>
    public static SharedState Read(WireReader reader, int kind, string what) => new(OpenSegments.Get(reader.Raw<SegmentHandle>(), kind, what), what);

    public void Write(WireWriter writer)
    {
        if (Segment.IsDisposed)
            throw new WireRefusal($"{_what} is disposed and cannot travel to a worker", "dispose it when the call is over");
        OpenSegments.KeepUntilOpened(Segment);
        writer.Raw(Segment.Handle);
    }

    /// <summary>Closes it, but not in a worker that was handed it: the next item may need it.</summary>
    public void Dispose()
    {
        if (!WorkerProcess.IsWorker || !Segment.IsOpened)
            Segment.Dispose();
    }

    private void ThrowDisposed() => throw new ObjectDisposedException(_what, $"{_what} is disposed.");
}
