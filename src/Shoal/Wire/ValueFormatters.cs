using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Shoal.Wire;

/// <summary>Numbers, and structs whose memory says everything: copied as they are.</summary>
internal sealed class BlockFormatter<T> : Formatter<T>
{
    public override void Write(WireWriter writer, in T value) => writer.Raw(in value);

    public override void Read(WireReader reader, ref T value) => value = reader.Raw<T>();
}

/// <summary>Structs by their fields.</summary>
internal sealed class StructFormatter<T> : Formatter<T>
    where T : struct
{
    private readonly List<FieldInfo> _fields = [.. Layout.Fields(typeof(T)).Where(f => !Layout.StaysBehind(f))];
    private readonly WriteFields<T> _write;
    private readonly ReadFields<T> _read;

    public StructFormatter()
    {
        _write = FieldCode<T>.Writer(_fields);
        _read = FieldCode<T>.Reader(_fields);
    }

    public override void Write(WireWriter writer, in T value)
    {
        var at = 0;
        var copy = value;
        try
        {
            _write(writer, ref copy, ref at);
        }
        catch (WireRefusal refusal) when (refusal.At(TypeText.Step(_fields[at].Name)))
        {
        }
    }

    public override void Read(WireReader reader, ref T value) => _read(reader, ref value);
}

/// <summary>A byte that says whether there is a value, and the value.</summary>
internal sealed class NullableFormatter<T> : Formatter<T?>
    where T : struct
{
    public override void Write(WireWriter writer, in T? value)
    {
        writer.Byte(value.HasValue ? (byte)1 : (byte)0);
        if (value.HasValue)
            Formatter<T>.Instance.Write(writer, value.GetValueOrDefault());
    }

    public override void Read(WireReader reader, ref T? value) => value = reader.Byte() == 0 ? null : reader.Value<T>();
}

/// <summary>Strings: ASCII as bytes, all others as UTF-16, so that lone surrogates survive.</summary>
internal sealed class StringFormatter : Formatter<string>
{
    public override void Write(WireWriter writer, in string value)
    {
        if (value is null)
        {
            writer.Number(0);
            return;
        }

        // The number holds the length plus one, and whether the characters are wide.
        var isWide = !Ascii.IsValid(value);
        writer.Number((((ulong)value.Length + 1) << 1) | (isWide ? 1UL : 0));
        if (isWide)
            writer.Bytes(MemoryMarshal.AsBytes(value.AsSpan()));
        else
            Encoding.ASCII.GetBytes(value, writer.Take(value.Length));
    }

    public override void Read(WireReader reader, ref string value)
    {
        var number = reader.Number();
        if (number < 2)
        {
            value = null!;
            return;
        }

        var length = (number >> 1) - 1;
        if (length > int.MaxValue / 2)
            throw reader.Damaged($"it claims a string of {length} characters");
        value = (number & 1) == 0
            ? Encoding.ASCII.GetString(reader.Bytes((int)length))
            : new string(MemoryMarshal.Cast<byte, char>(reader.Bytes(2 * (int)length)));
    }
}

/// <summary>Whole numbers of any size.</summary>
internal sealed class BigIntegerFormatter : Formatter<BigInteger>
{
    public override void Write(WireWriter writer, in BigInteger value)
    {
        var count = value.GetByteCount();
        writer.Number((ulong)count);
        value.TryWriteBytes(writer.Take(count), out _);
    }

    public override void Read(WireReader reader, ref BigInteger value) => value = new(reader.Bytes(reader.Count()));
}

/// <summary>A cancellation token that nothing can cancel; any other is refused, since its source stays with the caller.</summary>
internal sealed class CancellationTokenFormatter : Formatter<CancellationToken>
{
    public override void Write(WireWriter writer, in CancellationToken value)
    {
        if (value.CanBeCanceled)
            throw new WireRefusal("a CancellationToken cannot travel to a worker", "pass it to the verb and use ItemContext.Cancel inside the function");
        writer.Byte(0);
    }

    public override void Read(WireReader reader, ref CancellationToken value)
    {
        reader.Byte();
        value = default;
    }
}

/// <summary>What cannot travel as a value.</summary>
internal sealed class RefusingFormatter<T>(string what, string cure) : Formatter<T>
{
    public override void Write(WireWriter writer, in T value) => throw new WireRefusal(what, cure);

    public override void Read(WireReader reader, ref T value) => throw reader.Damaged(what);
}
