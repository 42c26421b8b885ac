using System.Buffers;
using Shoal.Functions;
using Shoal.Tests.Wire;
using Shoal.Wire;

namespace Shoal.Tests.Functions;

/// <summary>Functions as messages: size, sharing, and the statics that they see.</summary>
public class FunctionTests
{
    private const int HundredMegabytes = 100 << 20;

    private static double _threshold = 1;
    private static Dictionary<string, int>? _table = new() { ["a"] = 1 };
    private static Stream? _stream = new MemoryStream();
    private static readonly double Fixed = 3;

    [ThreadStatic]
    private static int _perThread;

    private static double Threshold { get; set; } = 2;

    [Fact]
    public void A_small_local_beside_a_large_array_and_a_stream_travels_alone()
    {
        var k = 3;
        var big = new byte[HundredMegabytes];
        using var stream = new MemoryStream();
        Func<int> others = () => big.Length + (int)stream.Length;
        Func<int, int> function = x => x + k;

        var bytes = Trip.Bytes(function);

        bytes.Length.ShouldBeLessThan(10_000);
        WireFormat.Read<Func<int, int>>(bytes)(4).ShouldBe(7);
        others().ShouldBe(HundredMegabytes);
    }

    [Fact]
    public void Functions_of_one_message_share_their_closure_object_whatever_comes_first()
    {
        var (a, b, c) = (1, 2, new MemoryStream());
        Func<long> unused = () => c.Length;
        Func<int> first = () => a;
        Func<int> second = () => a + b;

        foreach (var (one, two) in new[] { (first, second), (second, first) })
        {
            var copy = Trip.Of((one, two, Another: new Dictionary<string, object> { ["one"] = one }));

            (copy.one(), copy.two()).ShouldBe((one(), two()));
            copy.one.Target.ShouldBeSameAs(copy.two.Target);
            copy.Another["one"].ShouldBeSameAs(copy.one);
        }

        unused().ShouldBe(0);
    }

    [Fact]
    public void A_closure_object_that_is_seen_from_elsewhere_travels_whole()
    {
        var (a, big) = (1, new[] { 1, 2, 3 });
        Func<int> unused = () => big.Length;
        Func<int> function = () => a;

        var copy = Trip.Of((function, function.Target));
        var alone = Trip.Of(function);

        ReadField(copy.Target!, nameof(big)).ShouldBe(big);
        ReadField(alone.Target!, nameof(big)).ShouldBeNull();
        unused().ShouldBe(3);
    }

    [Fact]
    [Trait("Behaviour", "40")]
    public void The_state_at_the_call_is_what_travels()
    {
        var k = 1;
        Func<int> function = () => k;
        var before = Trip.Of(function);
        k = 2;
        var after = Trip.Of(function);

        (before(), after()).ShouldBe((1, 2));
    }

    [Fact]
    [Trait("Behaviour", "40")]
    public void Functions_of_one_factory_keep_their_own_values()
    {
        static Func<int, int> Add(int n) => x => x + n;

        var copy = Trip.Of(new[] { Add(1), Add(10) });

        (copy[0](5), copy[1](5)).ShouldBe((6, 15));
    }

    [Fact]
    public void Several_functions_in_one_run_in_order()
    {
        var log = new List<int>();
        Action<int> all = log.Add;
        all += x => log.Add(2 * x);

        var copy = Trip.Of((all, log));
        copy.all(5);

        copy.log.ShouldBe([5, 10]);
    }

    [Fact]
    public void Methods_of_collections_and_of_boxed_structs_travel()
    {
        Trip.Of<Func<int, bool>>(new HashSet<int> { 1, 2 }.Contains)(2).ShouldBeTrue();
        Trip.Of<Func<double, DateTime>>(DateTime.UnixEpoch.AddDays)(1).ShouldBe(DateTime.UnixEpoch.AddDays(1));
        Trip.Of<Func<string>>("text".ToUpperInvariant)().ShouldBe("TEXT");
        Trip.Of<Func<double, double>>(Math.Sqrt)(4).ShouldBe(2);
        Trip.Of<Func<string, IFormatProvider?, int>>(int.Parse)("3", null).ShouldBe(3);
        Trip.Of<Func<IEnumerable<int>, int[]>>(Enumerable.ToArray<int>)([1, 2]).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_static_field_with_the_same_value_is_no_hindrance()
    {
        _threshold = 5;
        Threshold = 6;

        var copy = Trip.Of<Func<double, bool>>(x => x > _threshold + Threshold + Fixed);

        copy(14.5).ShouldBeTrue();
    }

    [Fact]
    public void A_static_field_with_another_value_is_an_error_that_names_it()
    {
        _threshold = 5;
        var bytes = Trip.Bytes<Func<double, bool>>(x => x > _threshold);
        _threshold = 6;

        Should.Throw<ShoalException>(() => WireFormat.Read<Func<double, bool>>(bytes)).Message.ShouldBe(
            "The static field FunctionTests._threshold, which the function reads, has another value in the worker than in the caller. "
            + "Copy it to a local and use that in the function, set it in PoolOptions.Initializer, or keep it in a WorkerLocal.");
    }

    [Fact]
    public void A_static_field_behind_a_property_and_calls_is_found()
    {
        Threshold = 5;
        var bytes = Trip.Bytes<Func<double, bool>>(x => IsAbove(x));
        Threshold = 6;

        Should.Throw<ShoalException>(() => WireFormat.Read<Func<double, bool>>(bytes)).Message.ShouldContain("The static field FunctionTests.Threshold, ");
    }

    [Fact]
    public void A_static_collection_is_compared_by_its_content()
    {
        _table = new() { ["a"] = 1 };
        var bytes = Trip.Bytes<Func<string, int>>(x => _table![x]);
        _table = new() { ["a"] = 1 };
        WireFormat.Read<Func<string, int>>(bytes)("a").ShouldBe(1);
        _table["a"] = 2;

        Should.Throw<ShoalException>(() => WireFormat.Read<Func<string, int>>(bytes)).Message.ShouldContain("._table,");
    }

    [Fact]
    public void Static_fields_that_cannot_travel_or_belong_to_a_thread_are_not_compared()
    {
        var bytes = Trip.Bytes<Func<int>>(() => (int)_stream!.Length + _perThread);
        _stream = null;
        _perThread = 5;

        Should.NotThrow(() => WireFormat.Read<Func<int>>(bytes));
        _stream = new MemoryStream();
    }

    [Fact]
    public void Fields_that_the_initializer_writes_are_exempt()
    {
        _threshold = 5;
        var output = new ArrayBufferWriter<byte>();
        WireFormat.Write<Func<double, bool>>(output, x => x > _threshold + Threshold, "f", FunctionOptions.For(Initialize));
        _threshold = 6;
        Threshold = 7;

        Should.NotThrow(() => WireFormat.Read<Func<double, bool>>(output.WrittenMemory));
    }

    [Fact]
    public void Another_build_of_an_assembly_is_an_error_that_says_so()
    {
        var bytes = Trip.Bytes<Func<int, int>>(x => x + 1);
        var build = typeof(FunctionTests).Module.ModuleVersionId.ToByteArray();
        bytes.AsSpan()[bytes.AsSpan().IndexOf(build)]++;

        Should.Throw<ShoalException>(() => WireFormat.Read<Func<int, int>>(bytes)).Message
            .ShouldBe("The worker runs another build of Shoal.Tests: caller and worker must load the same file. Build again and restart both.");
    }

    [Fact]
    public void A_type_may_write_itself()
    {
        var registered = new Registered("one") { Note = "stays here" };
        Func<string> function = () => registered.Name;

        var copy = Trip.Of((registered, function));

        (copy.registered.Note, copy.function()).ShouldBe(("made there", "one"));
    }

    [Fact]
    public void Checking_does_not_look_at_values()
    {
        using var stream = new MemoryStream();

        Should.NotThrow(() => FunctionTraveller.Check((Func<int, long>)(x => stream.Length + x), "f"));
    }

    private static bool IsAbove(double x) => x > Threshold;

    private static void Initialize()
    {
        _threshold = 5;
        SetThreshold();
    }

    private static void SetThreshold() => Threshold = 8;

    private static object? ReadField(object target, string name) => target.GetType().GetField(name)!.GetValue(target);

    private sealed class Registered(string name) : IWireSelf<Registered>
    {
        public string Name => name;

        public string? Note { get; set; }

        public static Registered ReadFrom(WireReader reader) => new(reader.Value<string>()) { Note = "made there" };

        public void WriteTo(WireWriter writer) => writer.Value(name);
    }
}
