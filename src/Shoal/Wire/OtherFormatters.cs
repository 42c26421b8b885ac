using System.Collections;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Shoal.Wire;

internal sealed class BitArrayFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var bits = (BitArray)value;
        var words = new int[(bits.Length + 31) / 32];
        bits.CopyTo(words, 0);
        writer.Raw(bits.Length);
        writer.Number((ulong)words.Length);
        VectorFormatter<int>.WriteItems(writer, words, 0, words.Length);
    }

    public override object Read(WireReader reader, int id)
    {
        var length = reader.Raw<int>();
        var words = VectorFormatter<int>.ReadNew(reader);
        return length >= 0 && length <= 32L * words.Length ? new BitArray(words) { Length = length } : throw reader.Damaged($"{length} bits do not fit");
    }
}

/// <summary>The value that was made; a lazy value that was not made yet is refused, since its factory belongs to the caller.</summary>
internal sealed class LazyFormatter<T> : ObjectFormatter
{
    public override bool IsLate(object value) => true;

    public override void Write(WireWriter writer, object value)
    {
        var lazy = (Lazy<T>)value;
        if (!lazy.IsValueCreated)
            throw new WireRefusal($"a {TypeText.Of(typeof(Lazy<T>))} without its value cannot travel to a worker", "read its Value first, or use WorkerLocal to make one in each worker");
        try
        {
            writer.Value(lazy.Value);
        }
        catch (WireRefusal refusal) when (refusal.At(".Value"))
        {
        }
    }

    public override object Read(WireReader reader, int id)
    {
        // Asked for once: a lazy value that travels on must count as made.
        var value = reader.Value<T>();
        var lazy = new Lazy<T>(() => value, LazyThreadSafetyMode.PublicationOnly);
        _ = lazy.Value;
        return lazy;
    }
}

internal sealed class StringBuilderFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value) => writer.Value(((StringBuilder)value).ToString());

    public override object Read(WireReader reader, int id) => new StringBuilder(reader.Value<string>());
}

/// <summary>A culture by name, with its own number format where it was changed. Changed dates are refused: they lean on a calendar.</summary>
internal sealed class CultureFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var culture = (CultureInfo)value;
        writer.Value(culture.Name);
        writer.Byte(culture.IsReadOnly ? (byte)1 : (byte)0);
        if (culture.IsReadOnly)
            return;
        if (!HasOwnDates(culture))
            writer.Value(culture.NumberFormat);
        else
            throw new WireRefusal($"the culture {culture.Name} with a changed DateTimeFormat cannot travel to a worker", "pass the formats as strings");
    }

    public override object Read(WireReader reader, int id)
    {
        var name = reader.Value<string>() ?? throw reader.Damaged("a culture has no name");
        if (reader.Byte() == 1)
            return CultureInfo.GetCultureInfo(name);
        return new CultureInfo(name, useUserOverride: false) { NumberFormat = reader.Value<NumberFormatInfo>() };
    }

    private static bool HasOwnDates(CultureInfo culture)
    {
        var (own, usual) = (culture.DateTimeFormat, new CultureInfo(culture.Name, useUserOverride: false).DateTimeFormat);
        return typeof(DateTimeFormatInfo).GetProperties()
            .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0 && p.PropertyType != typeof(Calendar))
            .Any(p => !StructuralComparisons.StructuralEqualityComparer.Equals(p.GetValue(own), p.GetValue(usual)))
            || own.Calendar.GetType() != usual.Calendar.GetType();
    }
}

internal sealed class CompareInfoFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value) => writer.Value(((CompareInfo)value).Name);

    public override object Read(WireReader reader, int id) => CompareInfo.GetCompareInfo(reader.Value<string>());
}

internal sealed class TimeZoneFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value) => writer.Value(((TimeZoneInfo)value).ToSerializedString());

    public override object Read(WireReader reader, int id)
    {
        var zone = TimeZoneInfo.FromSerializedString(reader.Value<string>());
        return zone.Equals(TimeZoneInfo.Utc) ? TimeZoneInfo.Utc : zone;
    }
}

/// <summary>An encoding by its code page, and whether it writes a mark and throws on bad bytes.</summary>
internal sealed class EncodingFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var encoding = (Encoding)value;
        if (!Remake(encoding.CodePage, encoding.Preamble.Length > 0, Throws(encoding)).Equals(encoding))
            throw new WireRefusal($"the encoding {encoding.WebName} with fallbacks of its own cannot travel to a worker", "make it inside the function");
        writer.Raw(encoding.CodePage);
        writer.Byte(encoding.Preamble.Length > 0 ? (byte)1 : (byte)0);
        writer.Byte(Throws(encoding) ? (byte)1 : (byte)0);
    }

    public override object Read(WireReader reader, int id) => Remake(reader.Raw<int>(), reader.Byte() == 1, reader.Byte() == 1);

    private static bool Throws(Encoding encoding) => encoding.DecoderFallback is DecoderExceptionFallback;

    private static Encoding Remake(int codePage, bool mark, bool throws) => codePage switch
    {
        65001 => new UTF8Encoding(mark, throws),
        1200 => new UnicodeEncoding(bigEndian: false, mark, throws),
        1201 => new UnicodeEncoding(bigEndian: true, mark, throws),
        12000 => new UTF32Encoding(bigEndian: false, mark, throws),
        12001 => new UTF32Encoding(bigEndian: true, mark, throws),
        _ => Encoding.GetEncoding(codePage, throws ? EncoderFallback.ExceptionFallback : Encoding.GetEncoding(codePage).EncoderFallback, throws ? DecoderFallback.ExceptionFallback : Encoding.GetEncoding(codePage).DecoderFallback),
    };
}

/// <summary>A regular expression by pattern, options and time-out; a generated one becomes an interpreted one of the same meaning.</summary>
internal sealed class RegexFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var regex = (Regex)value;
        writer.Value(regex.ToString());
        writer.Raw(regex.Options);
        writer.Raw(regex.MatchTimeout);
    }

    public override object Read(WireReader reader, int id) => new Regex(reader.Value<string>(), reader.Raw<RegexOptions>(), reader.Raw<TimeSpan>());
}

internal sealed class UriFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var uri = (Uri)value;
        writer.Value(uri.OriginalString);
        writer.Byte(uri.IsAbsoluteUri ? (byte)1 : (byte)0);
    }

    public override object Read(WireReader reader, int id) => new Uri(reader.Value<string>(), reader.Byte() == 1 ? UriKind.Absolute : UriKind.Relative);
}

internal sealed class TypeFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value) => writer.Types.Write((Type)value);

    public override object Read(WireReader reader, int id) => reader.Types.Read();
}

internal sealed class DBNullFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
    }

    public override object Read(WireReader reader, int id) => DBNull.Value;
}

/// <summary>A lock travels open: who holds it in the caller does not hold it in the worker.</summary>
internal sealed class LockFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
    }

    public override object Read(WireReader reader, int id) => typeof(Lock).GetConstructor([])!.Invoke(null);
}

internal sealed class IPAddressFormatter : ObjectFormatter
{
    public override void Write(WireWriter writer, object value)
    {
        var address = (IPAddress)value;
        var bytes = address.GetAddressBytes();
        writer.Number((ulong)bytes.Length);
        writer.Bytes(bytes);
        writer.Raw(bytes.Length > 4 ? address.ScopeId : 0);
    }

    public override object Read(WireReader reader, int id)
    {
        var bytes = reader.Bytes(reader.Count());
        var scope = reader.Raw<long>();
        return bytes.Length > 4 ? new IPAddress(bytes, scope) : new IPAddress(bytes);
    }
}
