using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Functions;

namespace Shoal.Wire;

/// <summary>Turns values into bytes and back. Each call is a graph of its own: shared references and cycles are kept within it.</summary>
/// <remarks>
/// The scope of identity is one call, never a batch: if two items of a batch shared an object in the worker, a function that changes it would
/// give results that depend on how the items were batched. See <c>README.md</c> beside this file for the layout.
/// </remarks>
internal static class WireFormat
{
    /// <summary>The version that the handshake compares.</summary>
    public const int Version = 2;

    /// <summary>Writes a value; nothing is written where it is refused.</summary>
    /// <param name="output">Receives the bytes.</param>
    /// <param name="value">The value, declared as <typeparamref name="T"/>.</param>
    /// <param name="name">What errors call the value, such as <c>row</c>; paths start with it.</param>
    /// <exception cref="ArgumentException">Something in it cannot travel; the message holds the path and the cure.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T value, string name) => Write(output, value, name, FunctionOptions.Default);

    /// <summary>Writes a value with functions, for a pool whose initializer sets static fields in its workers.</summary>
    public static void Write<T>(IBufferWriter<byte> output, T value, string name, FunctionOptions options)
    {
        if (IsBlock<T>())
        {
            Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(output.GetSpan(Unsafe.SizeOf<T>())), value);
            output.Advance(Unsafe.SizeOf<T>());
            return;
        }

        var writer = WireWriter.Rent(options, output);
        try
        {
            WriteAll(writer, value);
            writer.PlaceBlocks();
            writer.CopyTo(output);
        }
        catch (WireRefusal refusal)
        {
            throw refusal.ToError(name);
        }
        finally
        {
            writer.Return();
        }
    }

    /// <summary>Writes a value, and adds to a set the assemblies that it names.</summary>
    /// <exception cref="ArgumentException">Something in it cannot travel.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T value, string name, FunctionOptions options, ISet<Assembly> assemblies)
    {
        var writer = WireWriter.Rent(options);
        try
        {
            WriteAll(writer, value);
            writer.CopyTo(output);
            assemblies.UnionWith(writer.Types.Assemblies);
        }
        catch (WireRefusal refusal)
        {
            throw refusal.ToError(name);
        }
        finally
        {
            writer.Return();
        }
    }

    /// <summary>Whether values of a type are their memory, so that several of them are their memories one after another.</summary>
    public static bool IsBlock<T>() => Block<T>.Is;

    /// <summary>Reads a value that <see cref="Write{T}(IBufferWriter{byte}, T, string)"/> wrote; <paramref name="bytes"/> holds nothing else.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    /// <exception cref="ShoalException">The bytes name another build of an assembly, or other static values.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> bytes) =>
        IsBlock<T>() && bytes.Length == Unsafe.SizeOf<T>()
            ? Unsafe.ReadUnaligned<T>(in MemoryMarshal.GetReference(bytes.Span))
            : Read(bytes, static reader => reader.Value<T>());

    /// <summary>Writes the name of a type, as a message of its own.</summary>
    /// <exception cref="ArgumentException">It cannot travel; the message holds the cure.</exception>
    public static void WriteType(IBufferWriter<byte> output, Type type)
    {
        var writer = WireWriter.Rent(FunctionOptions.Default);
        try
        {
            writer.Types.Write(type);
            writer.CopyTo(output);
        }
        catch (WireRefusal refusal)
        {
            throw refusal.ToError("type");
        }
        finally
        {
            writer.Return();
        }
    }

    /// <summary>Reads what <see cref="WriteType"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or cut off.</exception>
    /// <exception cref="ShoalException">The bytes name another build of an assembly.</exception>
    public static Type ReadType(ReadOnlyMemory<byte> bytes) => Read(bytes, static reader => reader.Types.Read());

    /// <summary>Writes an exception that a user's function threw; never fails: what cannot travel is dropped or replaced by text.</summary>
    public static void WriteError(IBufferWriter<byte> output, Exception error)
    {
        var writer = WireWriter.Rent(FunctionOptions.Default);
        try
        {
            WriteError(writer, error);
            writer.CopyTo(output);
        }
        finally
        {
            writer.Return();
        }
    }

    /// <summary>Reads an exception: a fresh object of its own type with the remote stack set once, or a <see cref="RemoteException"/>.</summary>
    public static Exception ReadError(ReadOnlyMemory<byte> bytes)
    {
        var text = ("", "", "");
        try
        {
            return Read(bytes, reader =>
            {
                text = (reader.Value<string>(), reader.Value<string>(), reader.Value<string>());
                return reader.Byte() == 1 ? reader.Value<Exception>() : new RemoteException(text.Item1, text.Item2, text.Item3);
            });
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or ShoalException && text.Item1.Length > 0)
        {
            return new RemoteException(text.Item1, text.Item2, text.Item3);
        }
    }

    private static void WriteAll<T>(WireWriter writer, in T value)
    {
        do
        {
            // A function that comes late may read more of a closure object than was written: once more, with what is known now.
            writer.Restart();
            writer.Value(in value);
            writer.WriteLater();
        }
        while (writer.Closures.HasGrown);
    }

    private static void WriteErrorText(WireWriter writer, Exception error)
    {
        writer.Value(ErrorText.TypeName(error));
        writer.Value(ErrorText.Message(error));
        writer.Value(ErrorText.Stack(error));
    }

    private static void WriteError(WireWriter writer, Exception error)
    {
        try
        {
            do
            {
                writer.Restart();
                WriteErrorText(writer, error);
                writer.Byte(1);
                writer.Value(error);
                writer.WriteLater();
            }
            while (writer.Closures.HasGrown);
        }
        catch (Exception)
        {
            writer.Restart();
            WriteErrorText(writer, error);
            writer.Byte(0);
        }
    }

    private static unsafe T Read<T>(ReadOnlyMemory<byte> bytes, Func<WireReader, T> read)
    {
        using var pin = bytes.Pin();
        var reader = new WireReader((byte*)pin.Pointer, bytes.Length);
        try
        {
            var value = read(reader);
            reader.ReadLater();
            reader.RunPutOff();
            return reader.Remaining == 0 ? value : throw reader.Damaged($"{reader.Remaining} bytes are left over");
        }
        catch (Exception error) when (error is not (InvalidDataException or ShoalException or OutOfMemoryException or Processes.LaneCutException))
        {
            throw new InvalidDataException(reader.Damaged($"reading it failed with {error.GetType().Name}: {error.Message}").Message, error);
        }
    }

    // Looked up once for each type: for small values it would be a tenth of the work.
    private static class Block<T>
    {
        public static readonly bool Is = Formatter<T>.Instance is BlockFormatter<T>;
    }
}
