using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Calls;

/// <summary>What a worker needs to know of a call before its first item; the delegate travels beside it.</summary>
/// <remarks>Two graphs, the first with its length before it: the signature, then the function, so that a refusal's path starts at the function.</remarks>
internal abstract class CallDefinition
{
    /// <summary>A shape that holds nothing: its type is all there is to say of it.</summary>
    protected const byte Bare = 1;

    /// <summary>A shape that travels as an object.</summary>
    protected const byte Whole = 0;

    private const int HeadBytes = 1 + (2 * sizeof(long));

    private static volatile Signature? _last;

    public static void Write<T, R>(IBufferWriter<byte> output, Function<T, R> function, long seed, FunctionOptions? options = null, TimeSpan? timeout = null)
    {
        var signature = CallDefinition<T, R>.Write(function, seed, timeout);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), signature.Length);
        output.Advance(sizeof(int));
        output.Write(signature);
        WireFormat.Write(output, function.Target, "function", options ?? FunctionOptions.Default);
    }

    /// <summary>Does ahead what <see cref="Write{T, R}"/> remembers: the signature, and what the code of the function reads and writes.</summary>
    public static void Prepare<T, R>(Function<T, R> function, long seed, TimeSpan? timeout)
    {
        try
        {
            _ = CallDefinition<T, R>.Write(function, seed, timeout);
            foreach (var part in function.Target.GetInvocationList())
                _ = FunctionTraveller.WhyNot(part);
        }
        catch (Exception)
        {
            // Whoever writes it says so.
        }
    }

    public static CallRunner Read(ReadOnlyMemory<byte> bytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        var definition = ReadSignature(bytes.Slice(sizeof(int), length));
        return definition.CreateRunner(WireFormat.Read<Delegate>(bytes[(sizeof(int) + length)..]));
    }

    // A row of calls has one signature, and nothing in it can change: reading its types anew for each call takes longer than the rest of a short one.
    private static CallDefinition ReadSignature(ReadOnlyMemory<byte> bytes)
    {
        if (_last is { } last && last.Bytes.AsSpan().SequenceEqual(bytes.Span))
            return last.Definition;
        var head = bytes.Span;
        var (seed, timeout, rest) = (BinaryPrimitives.ReadInt64LittleEndian(head[1..]), BinaryPrimitives.ReadInt64LittleEndian(head[(1 + sizeof(long))..]), bytes[HeadBytes..]);
        var shape = (FunctionShape)(head[0] == Bare ? RuntimeHelpers.GetUninitializedObject(WireFormat.ReadType(rest)) : WireFormat.Read<object>(rest));
        var definition = shape.Define(seed, timeout);
        _last = new(bytes.ToArray(), definition);
        return definition;
    }

    /// <summary>Writes what comes before the shape.</summary>
    protected static void WriteHead(ArrayBufferWriter<byte> output, byte kind, long seed, long timeout)
    {
        var head = output.GetSpan(HeadBytes);
        head[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], seed);
        BinaryPrimitives.WriteInt64LittleEndian(head[(1 + sizeof(long))..], timeout);
        output.Advance(HeadBytes);
    }

    /// <summary>The runner for this signature and that function.</summary>
    public abstract CallRunner CreateRunner(Delegate function);

    private sealed record Signature(byte[] Bytes, CallDefinition Definition);
}

/// <summary>The signature of a call: the shape of its function, the types of items and results, the seed, the time that an item may take.</summary>
/// <param name="shape">The function's shape, without its delegate.</param>
/// <param name="seed">The seed.</param>
/// <param name="timeout">The time in ticks; 0 for none.</param>
internal sealed class CallDefinition<T, R>(Function<T, R> shape, long seed, long timeout) : CallDefinition
{
    private static volatile Written? _written;

    /// <summary>The bytes of a signature: those of the last one, where the calls are alike.</summary>
    public static byte[] Write(Function<T, R> function, long seed, TimeSpan? limit)
    {
        var timeout = limit?.Ticks ?? 0;
        if (_written is { } last && last.Seed == seed && last.Timeout == timeout && last.Shape.HasShapeOf(function))
            return last.Bytes;
        var shape = function.With(null);
        var bytes = new ArrayBufferWriter<byte>();
        // An object's fields are written by code that is made for its class: no short start could afford that.
        WriteHead(bytes, shape is BareFunction<T, R> ? Bare : Whole, seed, timeout);
        if (shape is BareFunction<T, R>)
            WireFormat.WriteType(bytes, shape.GetType());
        else
            WireFormat.Write<object>(bytes, shape, "signature");
        _written = last = new(shape, seed, timeout, bytes.WrittenSpan.ToArray());
        return last.Bytes;
    }

    public override CallRunner CreateRunner(Delegate function)
        => new CallRunner<T, R>(shape.With(function), seed, timeout == 0 ? null : TimeSpan.FromTicks(timeout));

    private sealed record Written(Function<T, R> Shape, long Seed, long Timeout, byte[] Bytes);
}
