using System.Buffers;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Processes;
using Shoal.Wire;

namespace Shoal.Children;

/// <summary>The one call of a child process. It is bytes before anything is started, so that what cannot travel costs nothing.</summary>
internal sealed class ChildJob<R> : Job
{
    private readonly byte[] _definition;
    private readonly byte[] _arguments;

    private ChildJob(byte[] definition, byte[] arguments)
        : base(call: 1)
    {
        _definition = definition;
        _arguments = arguments;
    }

    /// <summary>Whether the function returned, and its result was read.</summary>
    public bool HasResult { get; private set; }

    /// <summary>What the function returned.</summary>
    public R Result { get; private set; } = default!;

    /// <exception cref="ArgumentException">Something in it cannot travel.</exception>
    public static ChildJob<R> Create<T>(Function<T, R> function, T arguments, string name) => new(
        Bytes("The function, with what it captured,", output => CallDefinition.Write(output, new ChildFunction<T, R>(function), seed: 0)),
        Bytes($"The {name}", output => WireFormat.Write(output, arguments, name)));

    public override void WriteDefinition(IBufferWriter<byte> output) => output.Write(_definition);

    public override void WriteItem(long index, IBufferWriter<byte> output) => output.Write(_arguments);

    public override void ReadResult(long index, ReadOnlyMemory<byte> result)
    {
        Result = WireFormat.Read<R>(result);
        HasResult = true;
    }

    public override Exception ReadError(long index, ReadOnlyMemory<byte> error) => WireFormat.ReadError(error);

    public override void Run(long index, int attempt, int worker, CancellationToken cancel) =>
        throw new InvalidOperationException("The function of a child process runs in no other place.");

    private static byte[] Bytes(string what, Action<IBufferWriter<byte>> write)
    {
        FrameBuffer frame = new(Frame.MaxBody - sizeof(int)); // beside a definition, its call's number has to fit
        try
        {
            frame.Begin(FrameKind.Item);
            write(frame);
            frame.End();
        }
        catch (FrameTooLongException error)
        {
            throw new ArgumentException($"{what} cannot travel. {error.Message}", error);
        }

        var bytes = new byte[frame.Length - Frame.HeaderSize];
        for (int i = 0, at = 0; i < frame.SegmentCount; i++)
        {
            var segment = i == 0 ? frame.Segment(0)[Frame.HeaderSize..] : frame.Segment(i);
            segment.CopyTo(bytes.AsSpan(at));
            at += segment.Length;
        }

        return bytes;
    }
}
