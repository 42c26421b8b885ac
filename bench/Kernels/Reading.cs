using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Shoal.Bench.Kernels;

/// <summary>How fast one thread reads as many bytes as the dense weights have, again and again: the bound of a row's prediction.</summary>
internal static unsafe class Reading
{
    private const int Floats = 4608 * 512;

    /// <summary>The best of some passes, in GB/s.</summary>
    internal static double Measure()
    {
        var values = (float*)NativeMemory.AlignedAlloc(Floats * sizeof(float), 4096);
        new Span<float>(values, Floats).Fill(1);
        var best = 0.0;
        for (var pass = 0; pass < 12; pass++)
        {
            var start = ThreadClock.Seconds(wall: false);
            Sink = Sum(values);
            best = Math.Max(best, Floats * sizeof(float) / (ThreadClock.Seconds(wall: false) - start) / 1e9);
        }

        NativeMemory.AlignedFree(values);
        return best;
    }

    /// <summary>Keeps the results alive.</summary>
    internal static float Sink { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(float* values)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (var i = 0; i < Floats; i += 32)
        {
            a += Vector256.LoadAligned(values + i);
            b += Vector256.LoadAligned(values + i + 8);
            c += Vector256.LoadAligned(values + i + 16);
            d += Vector256.LoadAligned(values + i + 24);
        }

        return (a + b + c + d).GetElement(0);
    }
}
