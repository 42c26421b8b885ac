using System.Buffers;
using System.Buffers.Binary;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Calls;

/// <summary>What a worker needs to know of a call before its first item; the delegate travels beside it.</summary>
/// <remarks>Two graphs, the first with its length before it: the signature, then the function, so that a refusal's path starts at the function.</remarks>
internal abstract class CallDefinition
{
    public static void Write<T, R>(IBufferWriter<byte> output, Function<T, R> function, long seed, FunctionOptions? options = null, TimeSpan? timeout = null)
    {
        var signature = new ArrayBufferWriter<byte>();
        WireFormat.Write<object>(signature, new CallDefinition<T, R>(function.With(null), seed, timeout), "signature");
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), signature.WrittenCount);
        output.Advance(sizeof(int));
        output.Write(signature.WrittenSpan);
        WireFormat.Write(output, function.Target, "function", options ?? FunctionOptions.Default);
    }

    public static CallRunner Read(ReadOnlyMemory<byte> bytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        var definition = (CallDefinition)WireFormat.Read<object>(bytes.Slice(sizeof(int), length));
        return definition.CreateRunner(WireFormat.Read<Delegate>(bytes[(sizeof(int) + length)..]));
    }

    /// <summary>The runner for this signature and that function.</summary>
    public abstract CallRunner CreateRunner(Delegate function);
}

/// <summary>The signature of a call: the shape of its function, the types of items and results, the seed, the time that an item may take.</summary>
internal sealed class CallDefinition<T, R>(Function<T, R> shape, long seed, TimeSpan? timeout) : CallDefinition
{
    public override CallRunner CreateRunner(Delegate function) => new CallRunner<T, R>(shape.With(function), seed, timeout);
}
