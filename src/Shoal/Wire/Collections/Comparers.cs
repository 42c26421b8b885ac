using System.Globalization;

namespace Shoal.Wire.Collections;

/// <summary>Comparers of collections: the default one is not written, since every process has it.</summary>
internal static class Comparers
{
    /// <summary>The comparer, or null for the default one.</summary>
    public static object? OrNull<T>(IEqualityComparer<T> comparer) => comparer.Equals(EqualityComparer<T>.Default) ? null : comparer;

    /// <summary>The comparer, or null for the default one.</summary>
    public static object? OrNull<T>(IComparer<T> comparer) => comparer.Equals(Comparer<T>.Default) ? null : comparer;

    /// <summary>The error for keys that were different in the other process.</summary>
    public static InvalidDataException Twice(WireReader reader, object? key) => reader.Damaged($"two elements of a collection are equal ({key?.GetType().Name})");
}

/// <summary>The comparers of strings that .NET has: ordinal ones by name, others by culture and options.</summary>
internal sealed class StringComparerFormatter : ObjectFormatter
{
    private const byte Ordinal = 0;
    private const byte OrdinalIgnoreCase = 1;
    private const byte OfCulture = 2;

    public override void Write(WireWriter writer, object value)
    {
        var comparer = (IEqualityComparer<string?>)value;
        if (StringComparer.IsWellKnownOrdinalComparer(comparer, out var ignoresCase))
        {
            writer.Byte(ignoresCase ? OrdinalIgnoreCase : Ordinal);
        }
        else if (StringComparer.IsWellKnownCultureAwareComparer(comparer, out var compare, out var options))
        {
            writer.Byte(OfCulture);
            writer.Value(compare.Name);
            writer.Raw(options);
        }
        else
        {
            throw new WireRefusal($"{TypeText.Of(value.GetType())} cannot travel to a worker", "use one of StringComparer's own, or a class of yours");
        }
    }

    public override object Read(WireReader reader, int id) => reader.Byte() switch
    {
        Ordinal => StringComparer.Ordinal,
        OrdinalIgnoreCase => StringComparer.OrdinalIgnoreCase,
        OfCulture => StringComparer.Create(CultureInfo.GetCultureInfo(reader.Value<string>()), reader.Raw<CompareOptions>()),
        var mark => throw reader.Damaged($"{mark} is no comparer of strings"),
    };
}
