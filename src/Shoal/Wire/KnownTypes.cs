using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Shoal.Wire.Collections;

namespace Shoal.Wire;

/// <summary>The types of the framework that travel, and how. What is not here and is not plain is refused. A new kind is one line.</summary>
internal static class KnownTypes
{
    private static readonly Dictionary<Type, Type> Objects = new()
    {
        [typeof(List<>)] = typeof(ListFormatter<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryFormatter<,>),
        [typeof(HashSet<>)] = typeof(HashSetFormatter<>),
        [typeof(Queue<>)] = typeof(QueueFormatter<>),
        [typeof(Stack<>)] = typeof(StackFormatter<>),
        [typeof(LinkedList<>)] = typeof(LinkedListFormatter<>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryFormatter<,>),
        [typeof(SortedList<,>)] = typeof(SortedListFormatter<,>),
        [typeof(SortedSet<>)] = typeof(SortedSetFormatter<>),
        [typeof(OrderedDictionary<,>)] = typeof(OrderedDictionaryFormatter<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryFormatter<,>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueFormatter<>),
        [typeof(ConcurrentStack<>)] = typeof(ConcurrentStackFormatter<>),
        [typeof(ConcurrentBag<>)] = typeof(ConcurrentBagFormatter<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListFormatter<>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueFormatter<>),
        [typeof(ImmutableStack<>)] = typeof(ImmutableStackFormatter<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetFormatter<>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetFormatter<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryFormatter<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryFormatter<,>),
        [typeof(FrozenDictionary<,>)] = typeof(FrozenDictionaryFormatter<,>),
        [typeof(FrozenSet<>)] = typeof(FrozenSetFormatter<>),
        [typeof(ArrayList)] = typeof(ArrayListFormatter),
        [typeof(Hashtable)] = typeof(HashtableFormatter),
        [typeof(BitArray)] = typeof(BitArrayFormatter),
        [typeof(Lazy<>)] = typeof(LazyFormatter<>),
        [typeof(StringBuilder)] = typeof(StringBuilderFormatter),
        [typeof(CultureInfo)] = typeof(CultureFormatter),
        [typeof(CompareInfo)] = typeof(CompareInfoFormatter),
        [typeof(StringComparer)] = typeof(StringComparerFormatter),
        [typeof(TimeZoneInfo)] = typeof(TimeZoneFormatter),
        [typeof(Encoding)] = typeof(EncodingFormatter),
        [typeof(Regex)] = typeof(RegexFormatter),
        [typeof(Uri)] = typeof(UriFormatter),
        [typeof(Type)] = typeof(TypeFormatter),
        [typeof(DBNull)] = typeof(DBNullFormatter),
        [typeof(Lock)] = typeof(LockFormatter),
        [typeof(IPAddress)] = typeof(IPAddressFormatter),
    };

    // Classes of the framework whose fields are the same in every process: no hashes, no handles, no caches that matter.
    private static readonly HashSet<Type> ByFields =
    [
        typeof(object), typeof(Version), typeof(Collection<>), typeof(ReadOnlyCollection<>), typeof(ReadOnlyDictionary<,>), typeof(ReadOnlySet<>),
        typeof(KeyedCollection<,>), typeof(ObservableCollection<>), typeof(ReadOnlyObservableCollection<>), typeof(PriorityQueue<,>),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
        typeof(StrongBox<>), typeof(NumberFormatInfo), typeof(PropertyChangedEventArgs), typeof(PropertyChangingEventArgs), typeof(IPEndPoint),
        typeof(Comparer<int>).Assembly.GetType("System.Collections.Generic.ComparisonComparer`1", throwOnError: true)!,
        EqualityComparer<int>.Create((_, _) => true).GetType().GetGenericTypeDefinition(),
    ];

    private static readonly HashSet<Type> StructsByFields = [typeof(ImmutableArray<>), typeof(DictionaryEntry)];

    private static readonly Dictionary<Type, Type> Values = new()
    {
        [typeof(Memory<>)] = typeof(MemoryFormatter<>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryFormatter<>),
        [typeof(ArraySegment<>)] = typeof(ArraySegmentFormatter<>),
        [typeof(Nullable<>)] = typeof(NullableFormatter<>),
        [typeof(BigInteger)] = typeof(BigIntegerFormatter),
        [typeof(CancellationToken)] = typeof(CancellationTokenFormatter),
    };

    // Types whose objects are of other, internal types at run time.
    private static readonly Type[] Families = [typeof(Type), typeof(StringComparer), typeof(Encoding), typeof(FrozenDictionary<,>), typeof(FrozenSet<>), typeof(CultureInfo), typeof(Regex)];

    /// <summary>The type by which an object is named on the wire: its own, or the public one that it stands behind.</summary>
    public static Type OnWire(object value)
    {
        var type = value.GetType();
        return Assemblies.IsFramework(type.Assembly) && !type.IsArray && !type.IsValueType ? Family(type) : type;
    }

    /// <summary>Whether an object that is named by one type on the wire may stand where another is declared.</summary>
    public static bool MayBe(Type named, Type declared) => declared.IsAssignableFrom(named) || Array.IndexOf(Families, Definition(named)) >= 0;

    /// <summary>The formatter of an object's type; null where the table has none.</summary>
    public static ObjectFormatter? Object(Type type) => (ObjectFormatter?)Make(Objects, type);

    /// <summary>The formatter of a struct; null where the table has none.</summary>
    public static object? Value(Type type) => Make(Values, type);

    /// <summary>Whether objects of a framework class travel by their fields.</summary>
    public static bool IsByFields(Type type) => ByFields.Contains(Definition(type)) || !type.IsAbstract && Layout.Fields(type).Count == 0;

    /// <summary>Whether a framework struct travels by its fields: they say everything, and are numbers, text, or such structs again.</summary>
    public static bool IsPlainStruct(Type type)
    {
        if (StructsByFields.Contains(Definition(type)) || Values.ContainsKey(Definition(type)))
            return true;
        return !Layout.HasHandles(type) && Layout.Fields(Definition(type)).All(f =>
            f.FieldType.IsGenericParameter || f.FieldType.IsPrimitive || f.FieldType.IsEnum || f.FieldType == typeof(string)
            || f.FieldType.IsValueType && (!Assemblies.IsFramework(f.FieldType.Assembly) || IsPlainStruct(f.FieldType)));
    }

    private static Type Family(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (Array.IndexOf(Families, Definition(level)) >= 0)
                return level;
        }

        return type;
    }

    private static Type Definition(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static object? Make(Dictionary<Type, Type> table, Type type) =>
        table.TryGetValue(Definition(type), out var formatter)
            ? Activator.CreateInstance(type.IsConstructedGenericType ? formatter.MakeGenericType(type.GetGenericArguments()) : formatter)
            : null;
}
