using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Shoal.Tests.Wire;

/// <summary>Every kind of value that the wire format names, at random, there and back.</summary>
public class WireKindTests
{
    private const int Rounds = 25;

    private static readonly Dictionary<string, Action<Random>> Kinds = new()
    {
        ["bool"] = Kind(r => r.Next(2) == 0),
        ["char"] = Kind(r => (char)r.Next(0x10000)),
        ["sbyte"] = Kind(r => (sbyte)r.Next(-128, 128)),
        ["byte"] = Kind(r => (byte)r.Next(256)),
        ["short"] = Kind(r => (short)r.Next(-32768, 32768)),
        ["ushort"] = Kind(r => (ushort)r.Next(65536)),
        ["int"] = Kind(Int),
        ["uint"] = Kind(r => (uint)r.NextInt64(uint.MaxValue)),
        ["long"] = Kind(r => r.NextInt64(long.MinValue, long.MaxValue)),
        ["ulong"] = Kind(r => (ulong)r.NextInt64(long.MinValue, long.MaxValue)),
        ["Half"] = Kind(r => (Half)r.NextDouble()),
        ["float"] = Kind(r => BitConverter.Int32BitsToSingle(r.Next(int.MinValue, int.MaxValue))),
        ["double"] = Kind(Real),
        ["NaN with a payload"] = Kind(r => BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000 | r.NextInt64(1, 1 << 20))),
        ["decimal"] = Kind(r => new decimal(r.Next(), r.Next(), r.Next(), r.Next(2) == 0, (byte)r.Next(29))),
        ["Int128"] = Kind(r => new Int128((ulong)r.NextInt64(), (ulong)r.NextInt64())),
        ["UInt128"] = Kind(r => new UInt128((ulong)r.NextInt64(), (ulong)r.NextInt64())),
        ["BigInteger"] = Kind(r => new BigInteger(Fill(r, r.Next(40)))),
        ["Complex"] = Kind(r => new Complex(Real(r), Real(r))),
        ["Vector3"] = Kind(r => new Vector3(r.NextSingle(), r.NextSingle(), r.NextSingle())),
        ["DateTime"] = Kind(r => new DateTime(r.NextInt64(DateTime.MaxValue.Ticks), (DateTimeKind)r.Next(3))),
        ["DateTimeOffset"] = Kind(r => new DateTimeOffset(r.NextInt64(1L << 58, 1L << 59), TimeSpan.FromMinutes(r.Next(-600, 600)))),
        ["TimeSpan"] = Kind(r => new TimeSpan(r.NextInt64())),
        ["DateOnly"] = Kind(r => DateOnly.FromDayNumber(r.Next(3_000_000))),
        ["TimeOnly"] = Kind(r => new TimeOnly(r.NextInt64(TimeOnly.MaxValue.Ticks))),
        ["Guid"] = Kind(r => new Guid(Fill(r, 16))),
        ["Index and Range"] = Kind(r => (new Index(r.Next(9), r.Next(2) == 0), new Range(r.Next(9), ^r.Next(9)))),
        ["Rune"] = Kind(r => new Rune(r.Next(0xD800))),
        ["enum"] = Kind(r => (Colour)r.Next(4)),
        ["nullable"] = Kind(r => r.Next(2) == 0 ? (int?)null : r.Next()),
        ["nullable struct"] = Kind(r => r.Next(2) == 0 ? (WithReference?)null : Referring(r)),
        ["string"] = Kind(Text),
        ["Version"] = Kind(r => new Version(r.Next(9), r.Next(9), r.Next(9))),
        ["Uri"] = Kind(r => new Uri(r.Next(2) == 0 ? "https://example.org/a?b=" + r.Next() : "a/" + r.Next(), UriKind.RelativeOrAbsolute)),
        ["IPAddress"] = Kind(r => new IPAddress(Fill(r, r.Next(2) == 0 ? 4 : 16)), (a, b) => a.Equals(b)),
        ["Type"] = Kind(r => Pick(r, typeof(int), typeof(List<>), typeof(Dictionary<string, Dog[,]>), typeof(Colour?), typeof(void), typeof(Bag<Node>))),
        ["struct with padding"] = Kind(Padding),
        ["struct with references"] = Kind(Referring),
        ["union"] = Kind(r => new Union { Whole = r.NextInt64() }),
        ["inline array"] = Kind(Fours, (a, b) => ((ReadOnlySpan<int>)a).SequenceEqual(b)),
        ["fixed buffer"] = Kind(Buffer, SameBuffer),
        ["tuple of values"] = Kind(r => (r.Next(), Text(r), Real(r))),
        ["large tuple of values"] = Kind(r => (1, Text(r), 3, 4, 5, 6, 7, r.Next(), Text(r), 10)),
        ["tuple"] = Kind(r => Tuple.Create(r.Next(), Text(r), new Node(r.Next()))),
        ["anonymous type"] = Kind(r => new { Number = r.Next(), Word = Text(r) }),
        ["record"] = Kind(r => new Dog(Text(r)!, r.Next(), r.Next(2) == 0 ? null : new Animal("a", 4))),
        ["class behind its base"] = Kind<Animal>(r => new Dog(Text(r)!, r.Next(), new Dog("b", 4, null))),
        ["class behind object"] = Kind<object>(r => new Node(r.Next()) { Any = r.Next(), Next = new Node(1) }),
        ["plain object"] = Kind(r => new object()),
        ["object of a closed generic"] = Kind<object>(r => new StrongBox(r)),
        ["int[]"] = Kind(r => Many(r, Int)),
        ["large double[]"] = Kind(r => Enumerable.Range(0, 5000).Select(_ => Real(r)).ToArray()),
        ["bool[]"] = Kind(r => Many(r, x => x.Next(2) == 0)),
        ["decimal[]"] = Kind(r => Many(r, x => new decimal(x.NextDouble()))),
        ["enum[]"] = Kind(r => Many(r, x => (Colour)x.Next(3))),
        ["(int, int)[]"] = Kind(r => Many(r, x => (x.Next(), x.Next()))),
        ["(byte, long)[]"] = Kind(r => Many(r, x => ((byte)x.Next(256), x.NextInt64()))),
        ["padded struct[]"] = Kind(r => Many(r, Padding)),
        ["string[]"] = Kind(r => Many(r, Text)),
        ["object[]"] = Kind(r => Many<object?>(r, x => Pick<Func<object?>>(x, () => null, () => x.Next(), () => Text(x), () => new Node(3), () => Many(x, Int))())),
        ["int?[]"] = Kind(r => Many(r, x => x.Next(2) == 0 ? (int?)null : x.Next())),
        ["jagged"] = Kind(r => Many(r, x => Many(x, Int))),
        ["covariant array"] = Kind<object[]>(r => Many(r, x => Text(x)!)),
        ["int[,]"] = Kind(r => Grid(r)),
        ["string[,,]"] = Kind(r => Cube(r)),
        ["array from another index"] = Kind(Shifted),
        ["array of one dimension from another index"] = Kind<Array>(ShiftedVector),
        ["record[]"] = Kind(r => Many(r, x => new Animal(Text(x)!, x.Next()))),
        ["List<int>"] = Kind(r => Many(r, Int).ToList()),
        ["List<record>"] = Kind(r => Many(r, x => new Animal(Text(x)!, x.Next())).ToList()),
        ["Dictionary<string, int>"] = Kind(r => Pairs(r).ToDictionary()),
        ["Dictionary that ignores case"] = Kind(r => new Dictionary<string, int>(Pairs(r), StringComparer.OrdinalIgnoreCase), (a, b) => a.SequenceEqual(b) && b.Comparer == StringComparer.OrdinalIgnoreCase),
        ["Dictionary with a comparer of the user"] = Kind(r => new Dictionary<int, string>(new ModuloComparer(7)) { [r.Next(7)] = "a", [7 + r.Next(1)] = "b" }, (a, b) => a.SequenceEqual(b) && Equals(a.Comparer, b.Comparer) && b.ContainsKey(a.Keys.First() + 7)),
        ["Dictionary<record, List>"] = Kind(r => Many(r, x => new Animal(Text(x)!, x.Next())).Distinct().ToDictionary(a => a, a => new List<int> { a.Legs }), (a, b) => a.Keys.All(k => b[k][0] == k.Legs) && a.Count == b.Count),
        ["HashSet"] = Kind(r => Many(r, Int).ToHashSet()),
        ["HashSet of strings"] = Kind(r => Pairs(r).Select(p => p.Key).ToHashSet(StringComparer.InvariantCultureIgnoreCase), (a, b) => a.SequenceEqual(b) && b.Comparer.Equals("A", "a")),
        ["Queue"] = Kind(r => new Queue<string?>(Many(r, Text))),
        ["Stack"] = Kind(r => new Stack<string?>(Many(r, Text))),
        ["LinkedList"] = Kind(r => new LinkedList<int>(Many(r, Int))),
        ["SortedDictionary"] = Kind(r => new SortedDictionary<string, int>(Pairs(r).ToDictionary(), StringComparer.Ordinal)),
        ["SortedList"] = Kind(r => new SortedList<string, int>(Pairs(r).ToDictionary(), StringComparer.Ordinal)),
        ["SortedSet"] = Kind(r => new SortedSet<int>(Many(r, Int), Comparer<int>.Create((a, b) => b.CompareTo(a))), (a, b) => a.SequenceEqual(b) && b.Add(int.MinValue) && b.Last() == int.MinValue),
        ["OrderedDictionary"] = Kind(r => new OrderedDictionary<string, int>(Pairs(r))),
        ["PriorityQueue"] = Kind(r => new PriorityQueue<string, int>(Pairs(r).Select(p => (p.Key, p.Value))), (a, b) => Drain(a).SequenceEqual(Drain(b))),
        ["ConcurrentDictionary"] = Kind(r => new ConcurrentDictionary<string, int>(Pairs(r)), (a, b) => a.OrderBy(p => p.Key).SequenceEqual(b.OrderBy(p => p.Key))),
        ["ConcurrentQueue"] = Kind(r => new ConcurrentQueue<int>(Many(r, Int))),
        ["ConcurrentStack"] = Kind(r => new ConcurrentStack<int>(Many(r, Int))),
        ["ConcurrentBag"] = Kind(r => new ConcurrentBag<int>(Many(r, Int))),
        ["ImmutableArray"] = Kind(r => Many(r, Text).ToImmutableArray(), (a, b) => a.SequenceEqual(b)),
        ["ImmutableList"] = Kind(r => Many(r, Text).ToImmutableList()),
        ["ImmutableQueue"] = Kind(r => ImmutableQueue.CreateRange(Many(r, Text))),
        ["ImmutableStack"] = Kind(r => ImmutableStack.CreateRange(Many(r, Text))),
        ["ImmutableHashSet"] = Kind(r => Many(r, Int).ToImmutableHashSet(), (a, b) => a.SetEquals(b)),
        ["ImmutableSortedSet"] = Kind(r => Many(r, Int).ToImmutableSortedSet(new ModuloComparer(1 << 20)), (a, b) => a.SequenceEqual(b) && Equals(a.KeyComparer, b.KeyComparer)),
        ["ImmutableDictionary"] = Kind(r => Pairs(r).ToDictionary().ToImmutableDictionary(StringComparer.OrdinalIgnoreCase), (a, b) => a.Count == b.Count && a.All(p => b[p.Key.ToUpperInvariant()] == p.Value)),
        ["ImmutableSortedDictionary"] = Kind(r => Pairs(r).ToDictionary().ToImmutableSortedDictionary(StringComparer.Ordinal)),
        ["FrozenDictionary"] = Kind(r => Pairs(r).ToDictionary().ToFrozenDictionary(), (a, b) => a.Count == b.Count && a.All(p => b[p.Key] == p.Value)),
        ["FrozenSet"] = Kind(r => Many(r, Int).ToFrozenSet(), (a, b) => a.SetEquals(b)),
        ["ReadOnlyCollection"] = Kind(r => new ReadOnlyCollection<int>(Many(r, Int))),
        ["ReadOnlyDictionary"] = Kind(r => new ReadOnlyDictionary<string, int>(Pairs(r).ToDictionary())),
        ["Collection"] = Kind(r => new Collection<int>([.. Many(r, Int)])),
        ["ObservableCollection"] = Kind(r => new ObservableCollection<int>(Many(r, Int))),
        ["KeyValuePair"] = Kind(r => KeyValuePair.Create(Text(r), r.Next())),
        ["ArraySegment"] = Kind(r => new ArraySegment<int>([1, 2, 3, r.Next(), 5], 2, 2), (a, b) => a.SequenceEqual(b)),
        ["Memory"] = Kind(r => new Memory<int>([1, 2, 3, r.Next(), 5], 2, 2), (a, b) => a.Span.SequenceEqual(b.Span)),
        ["ReadOnlyMemory of text"] = Kind(r => "some text".AsMemory(r.Next(5)), (a, b) => a.Span.SequenceEqual(b.Span)),
        ["ReadOnlyMemory of objects"] = Kind(r => new ReadOnlyMemory<string?>(Many(r, Text)), (a, b) => a.Span.SequenceEqual(b.Span)),
        ["ArrayList"] = Kind(r => new ArrayList { r.Next(), Text(r), null }),
        ["Hashtable"] = Kind(r => new Hashtable { [r.Next()] = Text(r) }, (a, b) => a.Keys.Cast<int>().All(k => Equals(a[k], b[k])) && a.Count == b.Count),
        ["BitArray"] = Kind(r => new BitArray(Many(r, x => x.Next(2) == 0))),
        ["StringBuilder"] = Kind(r => new StringBuilder(Text(r)), (a, b) => a.ToString() == b.ToString()),
        ["CultureInfo"] = Kind(r => CultureInfo.GetCultureInfo(Pick(r, "de-DE", "", "en-GB", "tr-TR")), ReferenceEquals),
        ["CultureInfo with its own numbers"] = Kind(r => new CultureInfo("de-DE", false) { NumberFormat = new() { NumberDecimalSeparator = "" + r.Next() } }, (a, b) => 1.5.ToString(a) == 1.5.ToString(b) && b.Name == "de-DE"),
        ["TimeZoneInfo"] = Kind(r => Pick(r, TimeZoneInfo.Utc, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(r.Next(9)), "x", "x")), (a, b) => a.Equals(b)),
        ["Encoding"] = Kind(r => Pick<Encoding>(r, Encoding.UTF8, Encoding.Latin1, Encoding.ASCII, Encoding.Unicode, new UTF8Encoding(false, true)), (a, b) => a.Equals(b) && a.GetPreamble().SequenceEqual(b.GetPreamble())),
        ["Regex"] = Kind(r => new Regex("a{" + r.Next(9) + "}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2)), (a, b) => a.ToString() == b.ToString() && a.Options == b.Options && a.MatchTimeout == b.MatchTimeout),
        ["comparers"] = Kind(r => Pick<object>(r, StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, EqualityComparer<int>.Default, Comparer<string>.Default, ReferenceEqualityComparer.Instance), (a, b) => a.GetType() == b.GetType()),
        ["comparer of a culture"] = Kind(r => StringComparer.Create(CultureInfo.GetCultureInfo("de-DE"), CompareOptions.IgnoreCase), (a, b) => a.Compare("ä", "Z") == b.Compare("ä", "Z") && b.Equals("A", "a")),
        ["DBNull"] = Kind(r => DBNull.Value, ReferenceEquals),
        ["Lazy with its value"] = Kind(Made, (a, b) => b.IsValueCreated && a.Value == b.Value),
        ["Lock"] = Kind(r => new Lock(), (_, b) => b.TryEnter()),
        ["CancellationToken.None"] = Kind(r => CancellationToken.None, (_, b) => !b.CanBeCanceled),
        ["class that derives from List"] = Kind(Derived, (a, b) => a.SequenceEqual(b) && a.Label == b.Label),
        ["class that derives from Dictionary"] = Kind(r => new Phonebook { ["a"] = r.Next(), Owner = new Node(2) }, (a, b) => a.SequenceEqual(b) && b.ContainsKey("A") && ((Node)b.Owner!).Secret == 2),
        ["exception as a value"] = Kind(r => new ArgumentException(Text(r), "p"), (a, b) => a.Message == b.Message && a.ParamName == b.ParamName),
        ["collection expression"] = Kind<IReadOnlyList<int>>(r => [r.Next(), r.Next()], (a, b) => a.SequenceEqual(b)),
    };

    public static TheoryData<string> Names() => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kind_comes_back_equal(string kind)
    {
        for (var seed = 0; seed < Rounds; seed++)
            Kinds[kind](new Random(seed));
    }

    private sealed class StrongBox(Random random)
    {
        public Dictionary<string, List<(int, string?)>> Content { get; } = new() { ["a"] = [(random.Next(), Text(random))] };
    }

    private static Action<Random> Kind<T>(Func<Random, T> make, Func<T, T, bool>? isSame = null) => random =>
    {
        var value = make(random);
        Check(value, Trip.Of(value), isSame);
        Check(value, (T)Trip.Of<object?>(value)!, isSame);
        Check(value, Trip.Of(new T[] { value })[0], isSame);
        Check(value, Trip.Of(new Holder<T>(1, value, "end")).Value, isSame);
        Check(value, Trip.Of((value, 5)).value, isSame);
    };

    private sealed record Holder<T>(int Before, T Value, string After);

    private static void Check<T>(T expected, T actual, Func<T, T, bool>? isSame)
    {
        if (isSame is null)
            Deep.Difference(expected, actual).ShouldBeNull();
        else
            isSame(expected, actual).ShouldBeTrue();
    }

    private static int Int(Random r) => r.Next(int.MinValue, int.MaxValue);

    private static double Real(Random r) => BitConverter.Int64BitsToDouble(r.NextInt64(long.MinValue, long.MaxValue)) is var x && double.IsNaN(x) ? 0.5 : x;

    private static T Pick<T>(Random r, params T[] choices) => choices[r.Next(choices.Length)];

    private static T[] Many<T>(Random r, Func<Random, T> make) => [.. Enumerable.Range(0, r.Next(20)).Select(_ => make(r))];

    private static byte[] Fill(Random r, int count)
    {
        var bytes = new byte[count];
        r.NextBytes(bytes);
        return bytes;
    }

    // Null, empty, ASCII, wide, and lone surrogates.
    private static string? Text(Random r) => r.Next(5) switch
    {
        0 => null,
        1 => "",
        2 => new string([.. Many(r, x => (char)x.Next(32, 127))]),
        3 => new string([.. Many(r, x => (char)x.Next(0x10000))]),
        _ => "größer 水 \uD83D\uDE00",
    };

    private static Dictionary<string, int> Pairs(Random r) => Many(r, x => x.Next(1000)).Distinct().ToDictionary(x => "k" + x, x => x);

    private static Padded Padding(Random r) => new() { Small = (byte)r.Next(256), Large = r.NextInt64(), Flag = r.Next(2) == 0 };

    private static WithReference Referring(Random r) => new() { Number = r.Next(), Text = Text(r), Node = r.Next(2) == 0 ? null : new Node(r.Next()) };

    private static Four Fours(Random r)
    {
        var four = new Four();
        for (var i = 0; i < 4; i++)
            four[i] = r.Next();
        return four;
    }

    private static unsafe WithBuffer Buffer(Random r)
    {
        var buffer = new WithBuffer();
        for (var i = 0; i < 5; i++)
            buffer.Numbers[i] = r.Next();
        return buffer;
    }

    private static unsafe bool SameBuffer(WithBuffer a, WithBuffer b) => new ReadOnlySpan<int>(a.Numbers, 5).SequenceEqual(new ReadOnlySpan<int>(b.Numbers, 5));

    private static int[,] Grid(Random r)
    {
        var grid = new int[r.Next(5), r.Next(5)];
        for (var i = 0; i < grid.GetLength(0); i++)
        {
            for (var j = 0; j < grid.GetLength(1); j++)
                grid[i, j] = r.Next();
        }

        return grid;
    }

    private static string?[,,] Cube(Random r)
    {
        var cube = new string?[2, 3, r.Next(3)];
        for (var i = 0; i < cube.GetLength(2); i++)
            cube[1, 2, i] = Text(r);
        return cube;
    }

    private static Array Shifted(Random r)
    {
        var array = Array.CreateInstance(typeof(double), [2, 3], [r.Next(-5, 5), 7]);
        array.SetValue(Real(r), array.GetLowerBound(0), 8);
        return array;
    }

    private static Array ShiftedVector(Random r)
    {
        var array = Array.CreateInstance(typeof(string), [3], [r.Next(1, 5)]);
        array.SetValue(Text(r), array.GetLowerBound(0) + 1);
        return array;
    }

    private static List<string> Drain(PriorityQueue<string, int> queue)
    {
        var copy = new PriorityQueue<string, int>(queue.UnorderedItems);
        var items = new List<string>();
        while (copy.TryDequeue(out var item, out _))
            items.Add(item);
        return items;
    }

    private static Lazy<string> Made(Random r)
    {
        var lazy = new Lazy<string>(Text(r) ?? "null");
        _ = lazy.Value;
        return lazy;
    }

    private static Bag<int> Derived(Random r)
    {
        var bag = new Bag<int> { Label = Text(r) };
        bag.AddRange(Many(r, Int));
        return bag;
    }
}
