using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Shoal.Bench.Kernels;

/// <summary>The most that one core can do: fused multiply-adds on registers alone, twelve chains (of different numbers, or the compiler joins them).</summary>
internal static class Peak
{
    private const int Steps = 2_000_000;

    /// <summary>Keeps the results alive.</summary>
    internal static float Sink { get; private set; }

    /// <summary>The best of some runs, in GFLOP/s.</summary>
    internal static double Measure()
    {
        var wide = Vector512.IsHardwareAccelerated;
        var best = 0.0;
        for (var run = 0; run < 12; run++)
        {
            var start = ThreadClock.Seconds(wall: false);
            var flops = wide ? Run512() : Run256();
            best = Math.Max(best, flops / (ThreadClock.Seconds(wall: false) - start) / 1e9);
        }

        return best;
    }

    /// <summary>All threads at once, in GFLOP/s: by the wall, and by the processor time of the threads, as if none of them had been stopped.</summary>
    internal static (double Wall, double Processor) Measure(int threads, int repeats)
    {
        var (flops, used) = (new double[threads], new double[threads]);
        using var start = new Barrier(threads + 1);
        var others = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            var began = ThreadClock.Seconds(wall: false);
            for (var repeat = 0; repeat < repeats; repeat++)
                flops[thread] += Vector512.IsHardwareAccelerated ? Run512() : Run256();
            used[thread] = ThreadClock.Seconds(wall: false) - began;
        })).ToArray();
        foreach (var thread in others)
            thread.Start();
        start.SignalAndWait();
        var wall = Stopwatch.GetTimestamp();
        foreach (var thread in others)
            thread.Join();
        var seconds = Stopwatch.GetElapsedTime(wall).TotalSeconds;
        return (flops.Sum() / seconds / 1e9, flops.Zip(used, (f, u) => f / u).Sum() / 1e9);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Run256()
    {
        var x = Vector256.Create(1.0001f);
        var y = Vector256.Create(-0.0001f);
        var a = Vector256.Create(0.50f);
        var b = Vector256.Create(0.51f);
        var c = Vector256.Create(0.52f);
        var d = Vector256.Create(0.53f);
        var e = Vector256.Create(0.54f);
        var f = Vector256.Create(0.55f);
        var g = Vector256.Create(0.56f);
        var h = Vector256.Create(0.57f);
        var i = Vector256.Create(0.58f);
        var j = Vector256.Create(0.59f);
        var k = Vector256.Create(0.60f);
        var l = Vector256.Create(0.61f);
        for (var n = 0; n < Steps; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        Sink = (a + b + c + d + e + f + g + h + i + j + k + l).GetElement(0);
        return Steps * 12.0 * 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Run512()
    {
        var x = Vector512.Create(1.0001f);
        var y = Vector512.Create(-0.0001f);
        var a = Vector512.Create(0.50f);
        var b = Vector512.Create(0.51f);
        var c = Vector512.Create(0.52f);
        var d = Vector512.Create(0.53f);
        var e = Vector512.Create(0.54f);
        var f = Vector512.Create(0.55f);
        var g = Vector512.Create(0.56f);
        var h = Vector512.Create(0.57f);
        var i = Vector512.Create(0.58f);
        var j = Vector512.Create(0.59f);
        var k = Vector512.Create(0.60f);
        var l = Vector512.Create(0.61f);
        for (var n = 0; n < Steps; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        Sink = (a + b + c + d + e + f + g + h + i + j + k + l).GetElement(0);
        return Steps * 12.0 * 32;
    }
}
