using System.Buffers;
using Shoal.Backends;
using Shoal.Wire;

namespace Shoal.Tests.Processes;

internal sealed class FakeJob(int call, Func<int, int> f, int[] items) : Job(call)
{
    public int[] Results { get; } = new int[items.Length];

    /// <summary>The item whose result cannot be read.</summary>
    public int UnreadableIndex { get; init; } = -1;

    /// <summary>The item that cannot travel.</summary>
    public int RefusedIndex { get; init; } = -1;

    public override void Run(long index, int attempt, int worker, CancellationToken cancel) => Results[index] = f(items[index]);

    public override void WriteDefinition(IBufferWriter<byte> output) => WireFormat.Write<Delegate>(output, f, "function");

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
