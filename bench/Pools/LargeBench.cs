using System.Numerics;
using System.Runtime.CompilerServices;
using Shoal;

namespace Pools;

/// <summary>
/// Large arrays and worker processes: 256 MB as an argument and as a result (the first call apart, then the median of calls 20 to 40, results dropped), and 8 tasks
/// that capture the same 100 MB: the first call, and later ones that sum it or read one element; the same as a <see cref="SharedArray{T}"/>.
/// </summary>
internal static class LargeBench
{
    private const int Large = 32 << 20;
    private const int Captured = 100 << 17;
    private const int FirstCounted = 20;
    private const int Calls = 40;

    public static void Run()
    {
        using var pool = Pool.Processes(2);
        var array = new double[Large];
        Array.Fill(array, 1.0);
        Series("argument_256mb", () =>
        {
            if (pool.Apply(Sum, array) != Large)
                throw new InvalidOperationException("The worker saw another array.");
        });
        Series("result_256mb", () =>
        {
            if (pool.Apply(Ones, Large).Length != Large)
                throw new InvalidOperationException("The worker's array did not come back whole.");
        });

        // As np.ones does, whose memory is not cleared before it is filled.
        Series("result_256mb_not_cleared", () =>
        {
            if (pool.Apply(OnesNotCleared, Large).Length != Large)
                throw new InvalidOperationException("The worker's array did not come back whole.");
        });
        Capture();
    }

    // On a pool of its own: what the calls before left in the workers' heaps is not this one's.
    private static void Capture()
    {
        using var pool = Pool.Processes(2);
        int[] tasks = [.. Enumerable.Range(0, 8)];
        pool.Map(tasks, task => task);
        var captured = new double[Captured];
        Array.Fill(captured, 1.0);
        Rows("capture_100mb", () => pool.Map(tasks, task => Sum(captured) + task), () => pool.Map(tasks, task => captured[task]));

        using var shared = new SharedArray<double>(Captured);
        shared.Span.Fill(1.0);
        Rows("shared_100mb", () => pool.Map(tasks, task => Sum(shared.Span) + task), () => pool.Map(tasks, task => shared[task]));
    }

    private static void Rows(string name, Func<double[]> sum, Func<double[]> element)
    {
        Report.Print($"{name}_first_ms", Clock.Seconds(() => Check(sum(), Captured)) * 1e3);
        Report.Print($"{name}_sum_again_ms", Clock.Median(warm: 1, runs: 9, () => Check(sum(), Captured)) * 1e3);
        Report.Print($"{name}_element_again_ms", Clock.Median(warm: 1, runs: 9, () => element()) * 1e3);
    }

    private static void Check(double[] results, double first)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] != first + i)
                throw new InvalidOperationException("A worker saw another array.");
        }
    }

    private static void Series(string name, Action call)
    {
        var times = new double[Calls];
        for (var i = 0; i < Calls; i++)
            times[i] = Clock.Seconds(call);
        Report.Print($"{name}_first_ms", times[0] * 1e3);
        Report.Print($"{name}_ms", times[FirstCounted..].Order().ElementAt((Calls - FirstCounted) / 2) * 1e3);
    }

    // Four sums at once: one would wait for each addition. Compiled well from the first call on, as the peer's is: each worker is a new process.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> values)
    {
        var (a, b, c, d) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var step = 4 * Vector<double>.Count;
        var last = values.Length - (values.Length % step);
        for (var i = 0; i < last; i += step)
        {
            var part = values.Slice(i, step);
            a += new Vector<double>(part);
            b += new Vector<double>(part[Vector<double>.Count..]);
            c += new Vector<double>(part[(2 * Vector<double>.Count)..]);
            d += new Vector<double>(part[(3 * Vector<double>.Count)..]);
        }

        var sums = a + b + (c + d);
        var sum = Vector.Sum(sums);
        for (var i = last; i < values.Length; i++)
            sum += values[i];
        return sum;
    }

    private static double Sum(double[] values) => Sum((ReadOnlySpan<double>)values);

    private static double[] OnesNotCleared(int length)
    {
        var ones = GC.AllocateUninitializedArray<double>(length);
        Array.Fill(ones, 1.0);
        return ones;
    }

    private static double[] Ones(int length)
    {
        var ones = new double[length];
        Array.Fill(ones, 1.0);
        return ones;
    }
}
