using System.Numerics;
using System.Runtime.InteropServices;
using Shoal.Functions;

namespace Shoal.Tests.Functions;

/// <summary>Which functions only read the elements of the arrays that they see. A wrong "reads" would show one call's changes to the next.</summary>
public class ElementWalkTests
{
    private static readonly double[] Table = [1, 2, 3];
    private static readonly List<double[]> Store = [];
    private static double[] _kept = [];

    public static TheoryData<string, Delegate> Readers()
    {
        double[] a = [1, 2, 3];
        return new()
        {
            { "element", (int i) => a[i] },
            { "length", () => a.Length },
            { "loop", () => { var sum = 0.0; foreach (var x in a) sum += x; return sum; } },
            { "static method", () => SumOf(a) },
            { "vectors", () => VectorSum(a) },
            { "LINQ", (int i) => a.Where(x => x > i).Select(x => x * i).Sum() },
            { "read-only span", () => ((ReadOnlySpan<double>)a)[1] },
            { "search", (double x) => Array.IndexOf(a, x) },
            { "local array of another size", (int i) => { var counts = new int[4]; counts[i]++; return counts[i] + a[i]; } },
            { "list and text", (int i) => { var list = new List<double> { a[i] }; return $"{list[0]} {list.Count}"; } },
            { "static table", (int i) => Table[i] * a[i] },
            { "iterator", () => Halves(a).Max() },
            { "nested function", (int i) => { double At(int j) => a[i + j]; return At(1); } },
            { "own object", (int i) => new Window(a, i).First() },
            { "mathematics", (int i) => Math.Sqrt(a[i]) + BitOperations.PopCount((uint)i) },
        };
    }

    public static TheoryData<string, Delegate> Writers()
    {
        double[] a = [1, 2, 3];
        Action<double[]> given = Given;
        IShape shape = new Window(a, 0);
        return new()
        {
            { "element", (int i) => a[i] = 1 },
            { "increment", (int i) => a[i]++ },
            { "reference", (int i) => { ref var x = ref a[i]; x = 1; } },
            { "static method", () => Clear(a) },
            { "span", () => a.AsSpan().Clear() },
            { "span by conversion", () => { Span<double> s = a; s[0] = 1; } },
            { "memory", () => new Memory<double>(a).Span[0] = 1 },
            { "segment", () => { var s = new ArraySegment<double>(a); s[0] = 1; } },
            { "sort", () => Array.Sort(a) },
            { "fill", () => Array.Fill(a, 1) },
            { "copy to", () => Table.CopyTo(a, 0) },
            { "vector store", () => new Vector<double>(1).CopyTo(a) },
            { "as a list", () => ((IList<double>)a)[0] = 1 },
            { "as an array", () => ((Array)a).SetValue(1.0, 0) },
            { "block copy", () => Buffer.BlockCopy(Table, 0, a, 0, 8) },
            { "pinned", Pinned(a) },
            { "pinned", Pinned(a) },
            { "around the types", () => MemoryMarshal.GetArrayDataReference(a) = 1 },
            { "handle", () => GCHandle.Alloc(a, GCHandleType.Pinned).Free() },
            { "given function", () => given(a) },
            { "interface", () => shape.First() },
            { "kept in a static field", () => { _kept = a; } },
            { "kept in a static list", () => Store.Add(a) },
            { "static array that may be it", () => _kept[0] = 1 },
            { "worker's own", () => Own.Value.Add(a) },
            { "async", async () => { await Task.Yield(); a[0] = 1; } },
            { "deep", (int i) => Deep(i, a) },
            { "virtual of what is made", (int i) => new List<Eater> { new(a) }.OrderBy(x => x).First() },
        };
    }

    private static readonly WorkerLocal<List<double[]>> Own = new(() => []);

    [Theory]
    [MemberData(nameof(Readers))]
    public void Functions_that_only_read_are_known(string name, Delegate function) =>
        (ElementWalk.WrittenBy(function) & ElementSizes.Eight).ShouldBe(ElementSizes.None, name);

    [Theory]
    [MemberData(nameof(Writers))]
    public void Whatever_may_write_counts_as_a_write(string name, Delegate function) =>
        (ElementWalk.WrittenBy(function) & ElementSizes.Eight).ShouldBe(ElementSizes.Eight, name);

    private static double SumOf(double[] values)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += values[i];
        return sum;
    }

    private static double VectorSum(double[] values)
    {
        var sums = Vector<double>.Zero;
        for (var i = 0; i + Vector<double>.Count <= values.Length; i += Vector<double>.Count)
            sums += new Vector<double>(values, i);
        return Vector.Sum(sums);
    }

    private static IEnumerable<double> Halves(double[] values)
    {
        foreach (var value in values)
            yield return value / 2;
    }

    private static void Clear(double[] values) => values[0] = 0;

    private static void Given(double[] values) => values[0] = 0;

    private static double Deep(int i, double[] values) => i == 0 ? values[0] = 1 : Deep(i - 1, values);

    private static unsafe Action Pinned(double[] a) => () =>
    {
        fixed (double* p = a)
            p[0] = 1;
    };

    private interface IShape
    {
        double First();
    }

    private sealed class Window(double[] values, int start) : IShape
    {
        public double First() => values[start];
    }

    private sealed class Eater(double[] values) : IComparable<Eater>
    {
        public int CompareTo(Eater? other)
        {
            values[0] = 1;
            return 0;
        }
    }
}
