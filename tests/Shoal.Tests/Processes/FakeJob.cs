using System.Buffers;
using Shoal.Backends;
using Shoal.Wire;

namespace Shoal.Tests.Processes;

internal sealed class FakeJob(int call, Func<int, int> f, int[] items) : Job(call)
{
    public int[] Results { get; } = new int[items.Length];

    public override void Run(long index, int attempt, int worker, CancellationToken cancel) => Results[index] = f(items[index]);

    public override void WriteDefinition(IBufferWriter<byte> output) => WireFormat.Write<Delegate>(output, f, "function");

    public override void WriteItem(long index, IBufferWriter<byte> output) => WireFormat.Write(output, items[index], "item");

    public override void ReadResult(long index, ReadOnlyMemory<byte> result) => Results[index] = WireFormat.Read<int>(result);

    public override Exception ReadError(long index, ReadOnlyMemory<byte> error) => WireFormat.ReadError(error);
}
