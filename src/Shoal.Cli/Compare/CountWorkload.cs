using System.Globalization;
using System.Runtime.CompilerServices;

namespace Shoal.Cli.Compare;

/// <summary>The example of every tutorial: for each row of small integers, count the values in a range.</summary>
internal sealed class CountWorkload
{
    public const string Name = "count";

    // A call for each row costs a round trip each: the part that is measured says what a row costs, and ends soon.
    private const int ApplyRows = 2_000;

    private readonly int[][] _rows;
    private readonly (int[] Row, int Low, int High)[] _tuples;
    private readonly int _low;
    private readonly int _high;

    private CountWorkload(Shape shape, ulong seed)
    {
        (_low, _high) = (shape.Low, shape.High);
        _rows = new int[shape.Rows][];
        for (var row = 0; row < shape.Rows; row++)
            _rows[row] = Draw(seed, row, shape);
        _tuples = Array.ConvertAll(_rows, row => (row, shape.Low, shape.High));
    }

    /// <summary>The two matrices of the tutorials: their values, ranges and rows.</summary>
    private static Shape[] Shapes =>
    [
        new(Rows: 200_000, Values: 5, Highest: 9, Low: 4, High: 8),
        new(Rows: 300_000, Values: 6, Highest: 10, Low: 5, High: 9),
    ];

    public static IReadOnlyList<Workload> Create(CompareSettings settings)
        => [.. Shapes.Select(shape => Create(shape with { Rows = settings.Size ?? shape.Rows }, settings.Seed))];

    private static Workload Create(Shape shape, ulong seed)
    {
        var data = new CountWorkload(shape, seed);
        var title = string.Create(CultureInfo.InvariantCulture, $"count: {shape.Rows} rows of {shape.Values} values 0 to {shape.Highest}, those in {shape.Low} to {shape.High} of each row");
        return new Workload(Name, title, shape.Rows, shape.Values, (size, _) => data.Loop(size), data.Verbs());
    }

    /// <summary>The function, the same for the loop and all verbs.</summary>
    public static int InRange(int[] row, int low, int high)
    {
        var count = 0;
        foreach (var value in row)
        {
            if (low <= value && value <= high)
                count++;
        }

        return count;
    }

    // For verbs without results: the compiler leaves out work whose outcome nobody looks at.
    private static void Count(int[] row, int low, int high)
    {
        if (InRange(row, low, high) < 0)
            throw new InvalidOperationException("A count was below 0.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Loop(int size)
    {
        var counts = new int[size];
        for (var row = 0; row < counts.Length; row++)
            counts[row] = InRange(_rows[row], _low, _high);
        return counts;
    }

    private Verb[] Verbs()
    {
        var (rows, tuples, low, high) = (_rows, _tuples, _low, _high);
        var numbered = rows.Select((row, number) => (Number: number, Row: row)).ToArray();
        var part = rows.AsSpan(0, Math.Min(ApplyRows, rows.Length)).ToArray();
        return
        [
            new("map", rows.Length, (pool, cancel) => pool.Map(rows, row => InRange(row, low, high), cancel: cancel)),
            new("starMap", rows.Length, (pool, cancel) => pool.StarMap(tuples, InRange, cancel: cancel)),
            new("apply", part.Length, (pool, cancel) => Array.ConvertAll(part, row => pool.Apply(InRange, row, low, high, cancel))),
            new("mapAsync", rows.Length, (pool, cancel) => pool.MapAsync(rows, row => InRange(row, low, high), cancel: cancel).Wait()),
            new("starMapAsync", rows.Length, (pool, cancel) => pool.StarMapAsync(tuples, InRange, cancel: cancel).Wait()),
            new("applyAsync", part.Length, (pool, cancel) => ApplyAsync(pool, part, low, high, cancel)),
            new("stream", rows.Length, (pool, cancel) => [.. pool.Stream(rows, row => InRange(row, low, high), cancel: cancel)]),
            new("streamUnordered", rows.Length, (pool, cancel) => Ordered(pool.StreamUnordered(numbered, item => (item.Number, InRange(item.Row, low, high)), cancel: cancel))),
            new("forEach", rows.Length, (pool, cancel) => ForEach(pool, rows, low, high, cancel)) { Expect = CountOfItems },
            new("forEachAsync", rows.Length, (pool, cancel) => [(int)pool.ForEachAsync(rows, row => Count(row, low, high), cancel: cancel).Wait()]) { Expect = CountOfItems },
            new("reduce", rows.Length, (pool, cancel) => [pool.Reduce(rows, 0, row => InRange(row, low, high), (left, right) => left + right, cancel: cancel)]) { Expect = Total },
            new("reduceAsync", rows.Length, (pool, cancel) => [pool.ReduceAsync(rows, 0, row => InRange(row, low, high), (left, right) => left + right, cancel: cancel).Wait()]) { Expect = Total },
        ];
    }

    /// <summary>As the tutorials do: the row's number goes with it, and a callback appends what comes back, in any order.</summary>
    private static int[] ApplyAsync(Pool pool, int[][] rows, int low, int high, CancellationToken cancel)
    {
        var found = new List<(int Number, int Count)>(rows.Length);
        using var open = new CountdownEvent(rows.Length);
        var handles = rows.Select((row, number) => pool.ApplyAsync((which, values) => (which, InRange(values, low, high)), number, row, cancel)
            .Then(
                count =>
                {
                    found.Add(count);
                    open.Signal();
                },
                _ => open.Signal())).ToArray();
        foreach (var handle in handles)
            handle.Wait();
        open.Wait(cancel);
        return Ordered(found);
    }

    // Nothing comes back but the end: that all rows were run is seen in the report.
    private static int[] ForEach(Pool pool, int[][] rows, int low, int high, CancellationToken cancel)
    {
        var before = pool.Report.Items;
        pool.ForEach(rows, row => Count(row, low, high), cancel: cancel);
        return [(int)(pool.Report.Items - before)];
    }

    private static int[] CountOfItems(int[] counts) => [counts.Length];

    private static int[] Total(int[] counts) => [counts.Sum()];

    private static int[] Ordered(IEnumerable<(int Number, int Count)> found) => [.. found.OrderBy(entry => entry.Number).Select(entry => entry.Count)];

    private static int[] Draw(ulong seed, int row, Shape shape)
    {
        var values = new int[shape.Values];
        for (var value = 0; value < values.Length; value += 4)
        {
            var (x0, x1, x2, x3) = Philox.Draw(seed, (ulong)row, (ulong)(value / 4));
            ReadOnlySpan<uint> words = [x0, x1, x2, x3];
            for (var word = 0; word < words.Length && value + word < values.Length; word++)
                values[value + word] = (int)(((ulong)words[word] * (uint)(shape.Highest + 1)) >> 32);
        }

        return values;
    }

    /// <summary>A matrix: values from 0 to <paramref name="Highest"/>, of which those from <paramref name="Low"/> to <paramref name="High"/> are counted.</summary>
    private sealed record Shape(int Rows, int Values, int Highest, int Low, int High);
}
