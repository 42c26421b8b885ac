using System.Buffers;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Wire;

namespace Shoal.Tests.Processes;

/// <summary>A job without a pool: it counts nothing and retries nothing, so that a test sees what the back end itself does.</summary>
internal sealed class FakeJob(int call, Func<int, ItemContext, int> f, int[] items) : Job(call)
{
    public int[] Results { get; } = new int[items.Length];

    /// <summary>The item whose result cannot be read.</summary>
    public int UnreadableIndex { get; init; } = -1;

    /// <summary>The item that cannot travel.</summary>
    public int RefusedIndex { get; init; } = -1;

    public override void Run(long index, int attempt, int worker, CancellationToken cancel) => throw new NotSupportedException();

    public override void WriteDefinition(IBufferWriter<byte> output) => CallDefinition.Write(output, new ContextFunction<int, int>(f), 0);

    public override void WriteItem(long index, IBufferWriter<byte> output)
    {
        if (index == RefusedIndex)
            throw new ItemRefusedException(index, new ArgumentException("refused"));
        WireFormat.Write(output, items[index], "item");
    }

    public override void ReadResult(long index, ReadOnlyMemory<byte> result)
    {
        if (index == UnreadableIndex)
            throw new InvalidOperationException("unreadable");
        Results[index] = WireFormat.Read<int>(result);
    }

    public override Exception ReadError(long index, ReadOnlyMemory<byte> error) => WireFormat.ReadError(error);
}
