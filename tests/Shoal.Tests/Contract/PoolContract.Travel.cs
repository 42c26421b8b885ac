using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "1")]
    public Task Arguments_by_name_and_by_default_are_the_functions_own() => Within(() =>
    {
        using var pool = Open();
        static int Square(int x = 3) => x * x;

        pool.Apply(() => Square()).ShouldBe(9);
        pool.Apply(() => Square(x: 5)).ShouldBe(25);
        pool.Apply(x => Square(x: x), 3).ShouldBe(9);
    });

    [SkippableFact]
    [Trait("Behaviour", "7")]
    [Trait("Only", "processes"), Trait("Only", "serial:strict")]
    public Task An_argument_that_cannot_be_written_is_refused_at_its_place_each_time() => Within(() =>
    {
        SkipWhereNothingTravels();
        using var pool = Open();
        var items = Enumerable.Range(0, 20).Select(x => x == 9 ? new MemoryStream() : (object)x).ToArray();

        for (var round = 0; round < 10; round++)
        {
            Should.Throw<ArgumentException>(() => pool.Map(items, x => x.ToString())).Message.ShouldContain("MemoryStream cannot travel");
            Should.Throw<ArgumentException>(() => pool.Map(items, x => x.ToString(), new() { Batch = 4 })).Message.ShouldContain("MemoryStream cannot travel");
            var error = Should.Throw<ItemsFailedException>(() => pool.Map(items, x => x.ToString(), new() { OnFailure = OnFailure.Collect, Batch = 4 }));
            error.Failures.ShouldHaveSingleItem().Index.ShouldBe(9);
            error.Results.ShouldBe(Loop(Enumerable.Range(0, 20), x => x == 9 ? null : $"{x}"));
        }

        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
        pool.Report.WorkersLost.ShouldBe(0);
    });

    [SkippableFact]
    [Trait("Behaviour", "8")]
    [Trait("Only", "processes"), Trait("Only", "serial:strict")]
    public Task A_result_that_cannot_be_written_fails_its_call_and_no_worker() => Within(() =>
    {
        SkipWhereNothingTravels();
        using var pool = Open();

        for (var round = 0; round < 20; round++)
            Should.Throw<ArgumentException>(() => pool.ApplyAsync(x => (object)new MemoryStream(x), 8).Wait()).Message.ShouldContain("result: MemoryStream cannot travel");

        pool.Apply(x => x, 1).ShouldBe(1);
        pool.Report.WorkersLost.ShouldBe(0);
    });

    [SkippableFact]
    [Trait("Behaviour", "9")]
    public Task An_exception_with_an_odd_constructor_keeps_its_type_and_one_without_a_home_its_text() => Within(() =>
    {
        using var pool = Open();

        var odd = Should.Throw<FinickyException>(() => pool.Map([1], x => x > 0 ? throw new FinickyException(7, "why", x) : x));
        odd.Message.ShouldBe("7: why");
        odd.Code.ShouldBe(7);

        var error = Should.Throw<Exception>(() => pool.Map([1], ThrowHomeless));
        error.Message.ShouldBe("made here");
        error.ToString().ShouldContain(nameof(ThrowHomeless));
        error.ToString().ShouldContain("MadeInWorker.Homeless");
        if (error is RemoteException remote)
            remote.TypeName.ShouldBe("MadeInWorker.Homeless");
        else
            pool.Traits.InProcess.ShouldBeTrue();
    });

    [SkippableTheory]
    [InlineData("kill", null, 9)]
    [InlineData("segmentation fault", null, 11)]
    [InlineData("fail fast", null, 6)]
    [InlineData("_exit 42", 42, null)]
    [Trait("Behaviour", "10")]
    [Trait("Only", "processes")]
    public Task An_argument_that_ends_the_worker_that_reads_it_is_blamed(string way, int? code, int? signal) => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();
        var deadly = new HashSet<int>(new DeadlyComparer(Environment.ProcessId, Array.IndexOf(Processes.WorkerDeathTests.Ways, way))) { 1 };

        var error = Should.Throw<WorkerLostException>(() => pool.Map([[1], [2], deadly, [3]], x => x.Count, new() { Retries = 0 }));

        error.Index.ShouldBe(2);
        error.ExitCode.ShouldBe(code);
        error.Signal.ShouldBe(signal);
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });

    private static int ThrowHomeless(int x)
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("MadeInWorker"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("MadeInWorker").DefineType("MadeInWorker.Homeless", TypeAttributes.Public, typeof(FormatException));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Ldstr, "made here");
        constructor.Emit(OpCodes.Call, typeof(FormatException).GetConstructor([typeof(string)])!);
        constructor.Emit(OpCodes.Ret);
        throw (Exception)Activator.CreateInstance(type.CreateType())!;
    }

    private void SkipWhereNothingTravels([CallerMemberName] string test = "") =>
        SkipUnless(traits => !traits.InProcess || Spec == "serial:strict", "nothing is written, items and results stay where they are", test);

    [SuppressMessage("Design", "CA1032", Justification = "The odd constructor is the point.")]
    private sealed class FinickyException(int code, string why, object other) : Exception($"{code}: {why}")
    {
        public int Code { get; } = code;

        public string Other { get; } = $"{other}";
    }

    private sealed class DeadlyComparer(int home, int way) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x == y;

        public int GetHashCode(int value)
        {
            return Environment.ProcessId == home ? value : Processes.WorkerDeathTests.Die(way);
        }
    }
}
