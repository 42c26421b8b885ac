using System.Reflection;
using Shoal.Functions;
using Shoal.Tests.Wire;
using Shoal.Wire;

namespace Shoal.Tests.Functions;

/// <summary>Every shape, as the compiler makes it in Debug and in Release, whatever the configuration of this run.</summary>
public class ClosureShapeTests
{
    private const int Argument = 7;

    public static TheoryData<string, string> Reading() => Names("ReadShapes");

    public static TheoryData<string, string> Writing() => Names("WriteShapes");

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task Reading_functions_travel_with_what_they_read(string configuration, string name)
    {
        var (function, travels, _) = Shape(configuration, "ReadShapes", name);

        var bytes = Trip.Bytes(function, "f");
        var copy = WireFormat.Read<Delegate>(bytes);

        string.Join(',', Variables(function)).ShouldBe(travels);
        (await Result(copy)).ShouldBe(await Result(Shape(configuration, "ReadShapes", name).Function));
        bytes.Length.ShouldBeLessThan(2000);
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public void Functions_that_write_captured_variables_are_refused(string configuration, string name)
    {
        var (function, _, refusal) = Shape(configuration, "WriteShapes", name);

        Trip.Refusal(function, "f").ShouldStartWith("f: ");
        Trip.Refusal(function, "f").ShouldContain(refusal!);
        Should.Throw<ArgumentException>(() => FunctionTraveller.Check(function, "f")).Message.ShouldContain(refusal!);
    }

    [Fact]
    public void The_table_holds_more_than_thirty_shapes_in_each_configuration()
    {
        (Reading().Count + Writing().Count).ShouldBeGreaterThan(2 * 30);
    }

    [Fact]
    public void The_two_builds_differ_as_debug_and_release_do()
    {
        bool IsOptimized(string configuration) => Load(configuration).GetCustomAttribute<System.Diagnostics.DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

        IsOptimized("Debug").ShouldBeFalse();
        IsOptimized("Release").ShouldBeTrue();
    }

    private static TheoryData<string, string> Names(string table)
    {
        var names = new TheoryData<string, string>();
        foreach (var configuration in new[] { "Debug", "Release" })
        {
            foreach (var (name, _) in All(configuration, table))
                names.Add(configuration, name);
        }

        return names;
    }

    private static Assembly Load(string configuration) => Assembly.Load("Shoal.ClosureShapes." + configuration);

    // The same types exist in both builds: they are reached by name.
    private static IEnumerable<(string Name, object Shape)> All(string configuration, string table) =>
        ((IEnumerable<object>)Load(configuration).GetType("Shoal.ClosureShapes." + table)!.GetMethod("All")!.Invoke(null, null)!)
        .Select(shape => ((string)Get(shape, "Name")!, shape));

    private static (Delegate Function, string Travels, string? Refusal) Shape(string configuration, string table, string name)
    {
        var shape = All(configuration, table).Single(s => s.Name == name).Shape;
        return ((Delegate)Get(shape, "Function")!, (string)Get(shape, "Travels")!, (string?)Get(shape, "Refusal"));
    }

    private static object? Get(object shape, string property) => shape.GetType().GetProperty(property)!.GetValue(shape);

    private static async Task<object?> Result(Delegate function)
    {
        var result = function.DynamicInvoke(Argument);
        return result is Task task ? await Awaited(task) : result;
    }

    private static async Task<object?> Awaited(Task task)
    {
        await task.WaitAsync(TimeSpan.FromSeconds(30));
        return task.GetType().GetProperty("Result")!.GetValue(task);
    }

    private static SortedSet<string> Variables(Delegate function)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var part in function.GetInvocationList())
        {
            if (part.Target is { } target && CompilerCode.IsClosure(target.GetType()))
                Add(target, FunctionWalk.Of(part), names);
        }

        return names;
    }

    private static void Add(object closure, FunctionFacts facts, SortedSet<string> names)
    {
        var type = closure.GetType();
        foreach (var field in Layout.Fields(type).Where(f => !CompilerCode.IsCache(f) && (facts.IsWhole(type) || facts.Read(type).Contains(f.MetadataToken))))
        {
            if (CompilerCode.IsClosure(field.FieldType))
                Add(field.GetValue(closure)!, facts, names);
            else
                names.Add(TypeText.Name(field.Name));
        }
    }
}
