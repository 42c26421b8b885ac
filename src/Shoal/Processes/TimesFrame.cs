using System.Buffers.Binary;
using Shoal.Calls;

namespace Shoal.Processes;

/// <summary>A frame that says where a worker's time went. It stands before the result of the item whose time is part of it: so its place is kept, and filled when that is known.</summary>
internal readonly struct TimesFrame
{
    private readonly Memory<byte> _place;

    /// <summary>Keeps the place.</summary>
    public TimesFrame(FrameBuffer output)
    {
        output.Begin(FrameKind.Times);
        _place = output.GetMemory(2 * sizeof(long));
        output.Int64(0);
        output.Int64(0);
        output.End();
    }

    /// <summary>The time is known.</summary>
    public void Fill(WorkClock clock)
    {
        (var running, var serializing) = clock.Settled;
        BinaryPrimitives.WriteInt64LittleEndian(_place.Span, running);
        BinaryPrimitives.WriteInt64LittleEndian(_place.Span[sizeof(long)..], serializing);
    }
}
