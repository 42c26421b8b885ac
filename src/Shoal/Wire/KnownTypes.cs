using Shoal.Wire.Collections;

namespace Shoal.Wire;

/// <summary>The types of the framework that travel, and how. What is not here and is not plain is refused. A new kind is one line.</summary>
/// <remarks>Types are listed by name, so that a worker loads no assembly for a kind that it never meets.</remarks>
internal static class KnownTypes
{
    private static readonly Dictionary<string, Func<Type>> Objects = new()
    {
        ["System.Collections.Generic.List`1"] = () => typeof(ListFormatter<>),
        ["System.Collections.Generic.Dictionary`2"] = () => typeof(DictionaryFormatter<,>),
        ["System.Collections.Generic.HashSet`1"] = () => typeof(HashSetFormatter<>),
        ["System.Collections.Generic.Queue`1"] = () => typeof(QueueFormatter<>),
        ["System.Collections.Generic.Stack`1"] = () => typeof(StackFormatter<>),
        ["System.Collections.Generic.LinkedList`1"] = () => typeof(LinkedListFormatter<>),
        ["System.Collections.Generic.SortedDictionary`2"] = () => typeof(SortedDictionaryFormatter<,>),
        ["System.Collections.Generic.SortedList`2"] = () => typeof(SortedListFormatter<,>),
        ["System.Collections.Generic.SortedSet`1"] = () => typeof(SortedSetFormatter<>),
        ["System.Collections.Generic.OrderedDictionary`2"] = () => typeof(OrderedDictionaryFormatter<,>),
        ["System.Collections.Concurrent.ConcurrentDictionary`2"] = () => typeof(ConcurrentDictionaryFormatter<,>),
        ["System.Collections.Concurrent.ConcurrentQueue`1"] = () => typeof(ConcurrentQueueFormatter<>),
        ["System.Collections.Concurrent.ConcurrentStack`1"] = () => typeof(ConcurrentStackFormatter<>),
        ["System.Collections.Concurrent.ConcurrentBag`1"] = () => typeof(ConcurrentBagFormatter<>),
        ["System.Collections.Immutable.ImmutableList`1"] = () => typeof(ImmutableListFormatter<>),
        ["System.Collections.Immutable.ImmutableQueue`1"] = () => typeof(ImmutableQueueFormatter<>),
        ["System.Collections.Immutable.ImmutableStack`1"] = () => typeof(ImmutableStackFormatter<>),
        ["System.Collections.Immutable.ImmutableHashSet`1"] = () => typeof(ImmutableHashSetFormatter<>),
        ["System.Collections.Immutable.ImmutableSortedSet`1"] = () => typeof(ImmutableSortedSetFormatter<>),
        ["System.Collections.Immutable.ImmutableDictionary`2"] = () => typeof(ImmutableDictionaryFormatter<,>),
        ["System.Collections.Immutable.ImmutableSortedDictionary`2"] = () => typeof(ImmutableSortedDictionaryFormatter<,>),
        ["System.Collections.Frozen.FrozenDictionary`2"] = () => typeof(FrozenDictionaryFormatter<,>),
        ["System.Collections.Frozen.FrozenSet`1"] = () => typeof(FrozenSetFormatter<>),
        ["System.Collections.ArrayList"] = () => typeof(ArrayListFormatter),
        ["System.Collections.Hashtable"] = () => typeof(HashtableFormatter),
        ["System.Collections.BitArray"] = () => typeof(BitArrayFormatter),
        ["System.Lazy`1"] = () => typeof(LazyFormatter<>),
        ["System.Text.StringBuilder"] = () => typeof(StringBuilderFormatter),
        ["System.Globalization.CultureInfo"] = () => typeof(CultureFormatter),
        ["System.Globalization.CompareInfo"] = () => typeof(CompareInfoFormatter),
        ["System.StringComparer"] = () => typeof(StringComparerFormatter),
        ["System.TimeZoneInfo"] = () => typeof(TimeZoneFormatter),
        ["System.Text.Encoding"] = () => typeof(EncodingFormatter),
        ["System.Text.RegularExpressions.Regex"] = () => typeof(RegexFormatter),
        ["System.Uri"] = () => typeof(UriFormatter),
        ["System.Type"] = () => typeof(TypeFormatter),
        ["System.DBNull"] = () => typeof(DBNullFormatter),
        ["System.Threading.Lock"] = () => typeof(LockFormatter),
        ["System.Net.IPAddress"] = () => typeof(IPAddressFormatter),
    };

    // Classes of the framework whose fields are the same in every process: no hashes, no handles, no caches that matter.
    private static readonly HashSet<string> ByFields =
    [
        "System.Object", "System.Version", "System.Collections.ObjectModel.Collection`1", "System.Collections.ObjectModel.ReadOnlyCollection`1", "System.Collections.ObjectModel.ReadOnlyDictionary`2",
        "System.Collections.ObjectModel.ReadOnlySet`1",
        "System.Collections.ObjectModel.KeyedCollection`2", "System.Collections.ObjectModel.ObservableCollection`1", "System.Collections.ObjectModel.ReadOnlyObservableCollection`1", "System.Collections.Generic.PriorityQueue`2",
        "System.Tuple`1", "System.Tuple`2", "System.Tuple`3", "System.Tuple`4", "System.Tuple`5", "System.Tuple`6", "System.Tuple`7", "System.Tuple`8",
        "System.Runtime.CompilerServices.StrongBox`1", "System.Globalization.NumberFormatInfo", "System.ComponentModel.PropertyChangedEventArgs", "System.ComponentModel.PropertyChangingEventArgs",
        "System.Net.IPEndPoint",
        "System.Collections.Generic.ComparisonComparer`1", "System.Collections.Generic.DelegateEqualityComparer`1",
    ];

    private static readonly HashSet<string> StructsByFields = ["System.Collections.Immutable.ImmutableArray`1", "System.Collections.DictionaryEntry"];

    private static readonly Dictionary<string, Func<Type>> Values = new()
    {
        ["System.Memory`1"] = () => typeof(MemoryFormatter<>),
        ["System.ReadOnlyMemory`1"] = () => typeof(ReadOnlyMemoryFormatter<>),
        ["System.ArraySegment`1"] = () => typeof(ArraySegmentFormatter<>),
        ["System.Nullable`1"] = () => typeof(NullableFormatter<>),
        ["System.Numerics.BigInteger"] = () => typeof(BigIntegerFormatter),
        ["System.Threading.CancellationToken"] = () => typeof(CancellationTokenFormatter),
    };

    // Types whose objects are of other, internal types at run time.
    private static readonly HashSet<string> Families =
    [
        "System.Type", "System.StringComparer", "System.Text.Encoding", "System.Collections.Frozen.FrozenDictionary`2", "System.Collections.Frozen.FrozenSet`1",
        "System.Globalization.CultureInfo", "System.Text.RegularExpressions.Regex",
    ];

    /// <summary>The type by which an object is named on the wire: its own, or the public one that it stands behind.</summary>
    public static Type OnWire(Type type) => Assemblies.IsFramework(type.Assembly) && !type.IsArray && !type.IsValueType ? Family(type) : type;

    /// <summary>Whether an object that is named by one type on the wire may stand where another is declared.</summary>
    public static bool MayBe(Type named, Type declared) => declared.IsAssignableFrom(named) || Families.Contains(Name(named));

    /// <summary>The formatter of an object's type; null where the table has none.</summary>
    public static ObjectFormatter? Object(Type type) => (ObjectFormatter?)Make(Objects, type);

    /// <summary>The formatter of a struct; null where the table has none.</summary>
    public static object? Value(Type type) => Make(Values, type);

    /// <summary>Whether objects of a framework class travel by their fields.</summary>
    public static bool IsByFields(Type type) => ByFields.Contains(Name(type)) || !type.IsAbstract && Layout.Fields(type).Count == 0;

    /// <summary>Whether a framework struct travels by its fields: they say everything, and are numbers, text, or such structs again.</summary>
    public static bool IsPlainStruct(Type type)
    {
        if (StructsByFields.Contains(Name(type)) || Values.ContainsKey(Name(type)))
            return true;
        return !Layout.HasHandles(type) && Layout.Fields(Definition(type)).All(f =>
            f.FieldType.IsGenericParameter || f.FieldType.IsPrimitive || f.FieldType.IsEnum || f.FieldType == typeof(string)
            || f.FieldType.IsValueType && (!Assemblies.IsFramework(f.FieldType.Assembly) || IsPlainStruct(f.FieldType)));
    }

    private static Type Family(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (Families.Contains(Name(level)))
                return level;
        }

        return type;
    }

    private static Type Definition(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static string Name(Type type) => Definition(type).FullName ?? "";

    private static object? Make(Dictionary<string, Func<Type>> table, Type type) =>
        table.TryGetValue(Name(type), out var formatter) && Assemblies.IsFramework(type.Assembly)
            ? Activator.CreateInstance(type.IsConstructedGenericType ? formatter().MakeGenericType(type.GetGenericArguments()) : formatter())
            : null;
}
