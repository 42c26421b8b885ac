using System.Buffers;
using Shoal.Backends;

namespace Shoal.Tests.Processes;

internal sealed class FakeJob(int call, Func<int, int> f, int[] items) : Job(call)
{
    public int[] Results { get; } = new int[items.Length];

    public override void Run(long index, int attempt, int worker, CancellationToken cancel) => Results[index] = f(items[index]);

    public override void WriteDefinition(IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes(f.Method.DeclaringType!.AssemblyQualifiedName + "|" + f.Method.Name));

    public override void WriteItem(long index, IBufferWriter<byte> output) => output.Write(BitConverter.GetBytes(items[index]));

    public override void ReadResult(long index, ReadOnlyMemory<byte> result) => Results[index] = BitConverter.ToInt32(result.Span);

    public override Exception ReadError(long index, ReadOnlyMemory<byte> error) => Wire.WireFormat.ReadError(error);
}
