using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableTheory]
    [InlineData(AssemblyBuilderAccess.Run)]
    [InlineData(AssemblyBuilderAccess.RunAndCollect)]
    public Task A_function_that_was_made_in_memory_is_refused_at_the_call_where_it_would_have_to_travel(AssemblyBuilderAccess access) => Within(() =>
    {
        using var pool = Open();
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("MadeInMemory"), access).DefineDynamicModule("MadeInMemory").DefineType("Made", TypeAttributes.Public);
        var code = type.DefineMethod("Twice", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]).GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Dup);
        code.Emit(OpCodes.Add);
        code.Emit(OpCodes.Ret);
        var twice = type.CreateType().GetMethod("Twice")!.CreateDelegate<Func<int, int>>();

        RunsOrIsRefused(pool, twice, "code of the generated assembly MadeInMemory cannot travel to a worker: put it into a compiled project");
    });

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_function_of_an_assembly_that_a_worker_could_not_load_is_refused_at_the_call(bool collectible) => Within(() =>
    {
        using var pool = Open();
        var context = new AssemblyLoadContext("plug-in", collectible);
        using var file = File.OpenRead(typeof(Xunit.Sdk.XunitException).Assembly.Location);
        var method = context.LoadFromStream(file).GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .First(method => !method.IsGenericMethod && !method.DeclaringType!.IsGenericType && method.ReturnType == typeof(string) && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(string));
        var function = method.CreateDelegate<Func<string, string>>();

        if (Travels(pool))
            Should.Throw<ArgumentException>(() => pool.Map(["a"], function)).Message.ShouldContain("cannot travel to a worker");
        else
            pool.Map(["a"], function).ShouldBe([function("a")]);
        pool.Map([1], x => x).ShouldBe([1]);
    });

    [SkippableFact]
    public Task A_lazy_sequence_as_a_result_is_refused_with_the_cure_where_it_would_have_to_travel() => Within(() =>
    {
        using var pool = Open();
        static IEnumerable<int> Count(int n)
        {
            for (var i = 0; i < n; i++)
                yield return i;
        }

        foreach (Func<int, IEnumerable<int>> lazy in new Func<int, IEnumerable<int>>[] { Count, n => Enumerable.Range(0, n).Where(x => x >= 0) })
        {
            if (Travels(pool))
                Should.Throw<ArgumentException>(() => pool.Map([3], lazy)).Message.ShouldMatch("result: a lazy sequence .* cannot travel to a worker: call ToArray\\(\\) or ToList\\(\\) first");
            else
                pool.Map([3], lazy).Single().ShouldBe([0, 1, 2]);
        }

        pool.Map([3], n => Count(n).ToArray()).Single().ShouldBe([0, 1, 2]);
        pool.Report.WorkersLost.ShouldBe(0);
    });

    private bool Travels(Pool pool) => !pool.Traits.InProcess || Spec == "serial:strict";

    private void RunsOrIsRefused(Pool pool, Func<int, int> twice, string refusal)
    {
        if (Travels(pool))
        {
            Should.Throw<ArgumentException>(() => pool.Map([1, 2], twice)).Message.ShouldContain(refusal);
            Should.Throw<ArgumentException>(() => pool.Map([1, 2], x => twice(x) + 1)).Message.ShouldContain(refusal);
        }
        else
        {
            pool.Map([1, 2], twice).ShouldBe([2, 4]);
        }

        pool.Map([1], x => x).ShouldBe([1]);
    }
}
