using System.Diagnostics;
using System.Linq.Expressions;
using System.Net.Sockets;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace Shoal.Tests.Wire;

/// <summary>What cannot travel is refused at the call, with the path to it and what to do instead.</summary>
public class WireRefusalTests
{
    private static readonly Dictionary<string, (Func<object> Make, string Message)> Refused = new()
    {
        ["stream"] = (() => new MemoryStream(), "MemoryStream cannot travel to a worker: copy what you need to a local first"),
        ["derived stream"] = (() => new BufferedStream(new MemoryStream()), "BufferedStream cannot travel"),
        ["reader"] = (() => new StringReader("x"), "StringReader cannot travel"),
        ["writer"] = (() => new StringWriter(), "StringWriter cannot travel to a worker: return the lines"),
        ["console"] = (() => Console.Out, "cannot travel to a worker: return the lines"),
        ["thread"] = (() => new Thread(() => { }), "Thread cannot travel"),
        ["task"] = (() => Task.FromResult(3), "Task<Int32> cannot travel to a worker: await it first"),
        ["running task"] = (() => Task.Delay(1), "cannot travel to a worker: await it first"),
        ["value task"] = (() => new ValueTask<int>(3), "ValueTask"),
        ["timer"] = (() => new Timer(_ => { }), "Timer cannot travel"),
        ["socket"] = (() => new Socket(SocketType.Stream, ProtocolType.Tcp), "System.Net.Sockets.Socket cannot travel"),
        ["process"] = (() => Process.GetCurrentProcess(), "Process cannot travel to a worker: pass its id"),
        ["cancellation source"] = (() => new CancellationTokenSource(), "CancellationTokenSource cannot travel to a worker: pass its token to the verb and use ItemContext.Cancel"),
        ["cancellation token"] = (() => new CancellationTokenSource().Token, "a CancellationToken cannot travel to a worker: pass it to the verb and use ItemContext.Cancel"),
        ["event"] = (() => new ManualResetEvent(false), "ManualResetEvent cannot travel"),
        ["semaphore"] = (() => new SemaphoreSlim(1), "SemaphoreSlim cannot travel"),
        ["random"] = (() => new Random(1), "cannot travel to a worker: a copy in each worker would repeat its numbers: use ItemContext.Random"),
        ["weak reference"] = (() => new WeakReference("x"), "WeakReference cannot travel to a worker: pass its target"),
        ["typed weak reference"] = (() => new WeakReference<string>("x"), "WeakReference<String> cannot travel to a worker: pass its value"),
        ["thread local"] = (() => new ThreadLocal<int>(), "ThreadLocal<Int32> cannot travel"),
        ["handle"] = (() => new Microsoft.Win32.SafeHandles.SafeFileHandle(), "SafeFileHandle cannot travel"),
        ["nint"] = (() => (nint)3, "IntPtr cannot travel to a worker: addresses and handles mean nothing in another process"),
        ["nint[]"] = (() => new nint[] { 3 }, "IntPtr cannot travel"),
        ["struct with a handle"] = (() => new WithHandle { Handle = 3 }, "WithHandle cannot travel to a worker: it holds an address or a handle"),
        ["struct with a pointer"] = (() => default(WithPointer), "WithPointer cannot travel to a worker: it holds an address or a handle"),
        ["iterator"] = (() => Numbers(), "a lazy sequence (<Numbers>d__"),
        ["iterator of async"] = (() => Later(), "a lazy sequence"),
        ["range"] = (() => Enumerable.Range(0, 9), "cannot travel to a worker: call ToArray() or ToList() first"),
        ["select"] = (() => new[] { 1 }.Select(x => x + 1), "cannot travel to a worker: call ToArray() or ToList() first"),
        ["where over list"] = (() => new List<int> { 1 }.Where(x => x > 1), "cannot travel to a worker: call ToArray() or ToList() first"),
        ["group"] = (() => new[] { 1 }.GroupBy(x => x).First(), "cannot travel to a worker: call ToArray() or ToList() first"),
        ["keys of a dictionary"] = (() => new Dictionary<string, int> { ["a"] = 1 }.Keys, "cannot travel to a worker: its inside belongs to .NET: call ToArray() or ToList() first"),
        ["enumerator"] = (() => new List<int>().GetEnumerator(), "its inside belongs to .NET"),
        ["lazy without its value"] = (() => new Lazy<int>(() => 3), "read its Value first, or use WorkerLocal"),
        ["expression tree"] = (() => (Expression<Func<int>>)(() => 3), "cannot travel to a worker: compile it inside the function"),
        ["member"] = (() => typeof(string).GetMethods()[0], "pass its type and its name"),
        ["assembly"] = (() => typeof(string).Assembly, "pass its name"),
        ["generated type"] = (() => Activator.CreateInstance(Generated())!, "the generated assembly Made cannot travel to a worker: put it into a compiled project"),
        ["type object of a generated type"] = (Generated, "the generated assembly Made cannot travel"),
        ["http client"] = (() => new HttpClient(), "System.Net.Http.HttpClient cannot travel"),
        ["class over a component"] = (() => new Part(), "Part cannot travel"),
        ["class over a hidden base"] = (() => new Scheduler(), "Scheduler cannot travel to a worker: it derives from"),
        ["encoding with its own fallback"] = (() => Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("!"), new DecoderReplacementFallback("!")), "fallbacks of its own"),
        ["compiled expression"] = (() => ((Expression<Func<int, int>>)(x => x + 1)).Compile(), "a function that was compiled at run time cannot travel to a worker: write it as a lambda or a method"),
        ["dynamic method"] = (DynamicFunction, "a function that was compiled at run time cannot travel"),
        ["unbound function"] = (() => typeof(string).GetMethod(nameof(string.Trim), [])!.CreateDelegate<Func<string, string>>(), "Trim, a function that is not bound to its object, cannot travel to a worker: write x => x.Trim()"),
        ["function over a stream"] = (() => (Func<int>)new MemoryStream().ReadByte, "MemoryStream cannot travel"),
    };

    public static TheoryData<string> Names() => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Refused_by_its_path(string name)
    {
        var (make, message) = Refused[name];

        Trip.Refusal(make()).ShouldStartWith("row");
        Trip.Refusal(make()).ShouldContain(message);
        Trip.Refusal(new Row(new Model(make()))).ShouldStartWith("row.Model.file");
        Trip.Refusal(new object[] { 1, make() }).ShouldStartWith("row[1]");
        Trip.Refusal(new List<object> { 1, 2, make() }).ShouldStartWith("row[2]");
        Trip.Refusal(new Dictionary<string, object> { ["a"] = make() }).ShouldStartWith("row[0].value");
        Trip.Refusal((1, make())).ShouldStartWith("row.Item2");
        Trip.Refusal(new { Part = make() }).ShouldStartWith("row.Part");
    }

    [Fact]
    public void The_path_reads_as_the_source_does()
    {
        Trip.Refusal(new Row(new Model(new MemoryStream())))
            .ShouldBe("row.Model.file: MemoryStream cannot travel to a worker: copy what you need to a local first, or open it inside the function");
    }

    [Fact]
    public void The_path_into_a_function_names_the_variable()
    {
        var model = new Model(new MemoryStream());

        Trip.Refusal((Func<int, bool>)(x => model.GetHashCode() == x), "f").ShouldStartWith("f.model.file: MemoryStream");
    }

    [Fact]
    public unsafe void Addresses_are_refused_where_they_are_captured_or_kept()
    {
        var number = 5;
        var pointer = &number;
        Func<int, int> reads = x => *pointer + x;
        Func<int, int> doesNot = x => x + (int)Math.Sqrt(x);

        Trip.Refusal(reads, "f").ShouldStartWith("f.pointer: an address cannot travel to a worker");
        Trip.Refusal(new KeepsPointer()).ShouldBe("row: KeepsPointer cannot travel to a worker: it holds an address: copy what you need to a local first");
        Trip.Of(doesNot)(4).ShouldBe(6);
    }

    [Fact]
    public void The_path_into_an_array_of_several_dimensions_names_its_place()
    {
        Trip.Refusal(new object?[2, 2] { { 1, 2 }, { 3, new MemoryStream() } }).ShouldStartWith("row[1, 1]: MemoryStream");
    }

    [Fact]
    public void A_long_path_is_shortened()
    {
        var head = new Node(0) { Any = new MemoryStream() };
        for (var i = 0; i < 50_000; i++)
            head = new Node(i) { Next = head };

        var message = Trip.Refusal(head);

        message.Length.ShouldBeLessThan(500);
        message.ShouldStartWith("row…");
        message.ShouldContain(".Any: MemoryStream");
    }

    [Fact]
    public void An_empty_field_of_a_type_that_cannot_travel_is_no_reason()
    {
        Trip.Of(new Model(null)).File.ShouldBeNull();
    }

    [Fact]
    public void A_field_that_its_owner_left_out_stays_behind()
    {
        var copy = Trip.Of(new WithCache { Number = 3, Cache = new MemoryStream() });

        copy.Number.ShouldBe(3);
        copy.Cache.ShouldBeNull();
    }

    [Fact]
    public void A_refusal_leaves_nothing_in_the_output_and_the_next_value_is_right()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        Should.Throw<ArgumentException>(() => Shoal.Wire.WireFormat.Write(output, new object[] { new byte[100_000], new MemoryStream() }, "row"));

        output.WrittenCount.ShouldBe(0);
        Trip.Of("next").ShouldBe("next");
    }

    private static IEnumerable<int> Numbers()
    {
        yield return 1;
    }

    private static async IAsyncEnumerable<int> Later()
    {
        await Task.Yield();
        yield return 1;
    }

    private static Type Generated() =>
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.Run).DefineDynamicModule("Made").DefineType("Made.Thing", TypeAttributes.Public).CreateType();

    private static Func<int> DynamicFunction()
    {
        var method = new DynamicMethod("Three", typeof(int), []);
        method.GetILGenerator().Emit(OpCodes.Ldc_I4_3);
        method.GetILGenerator().Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>();
    }

    private sealed record Row(Model Model);

    private sealed class Model(object? file)
    {
        public object? File => file;
    }

    private struct WithHandle
    {
        public nint Handle;
    }

    private unsafe struct WithPointer
    {
#pragma warning disable CS0649 // Never assigned: it only has to be there.
        public int* Pointer;
#pragma warning restore CS0649
    }

    private sealed unsafe class KeepsPointer
    {
        public int* Pointer { get; set; }
    }

    private sealed class Part : System.ComponentModel.Component;

    private sealed class Scheduler : TaskScheduler
    {
        protected override IEnumerable<Task>? GetScheduledTasks() => null;

        protected override void QueueTask(Task task)
        {
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }

    private sealed class WithCache
    {
        [NonSerialized]
        private Stream? _cache;

        public Stream? Cache
        {
            get => _cache;
            set => _cache = value;
        }

        public int Number { get; set; }
    }
}
