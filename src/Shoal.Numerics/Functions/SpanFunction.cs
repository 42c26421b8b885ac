using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Shoal.Numerics.Kernels;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>A function over spans, a register at a time.</summary>
internal static unsafe class SpanFunction<TFunction>
    where TFunction : struct, IFunctionOfDouble
{
    internal static void Run(ReadOnlySpan<double> x, Span<double> destination)
        => Run(VectorWidths.Hardware, x, destination);

    internal static void Run(VectorWidth width, ReadOnlySpan<double> x, Span<double> destination)
    {
        fixed (double* from = x, to = destination)
        {
            switch (width)
            {
                case VectorWidth.Bits512:
                    Run<SimdDouble512, Vector512<double>>(from, to, x.Length);
                    break;
                case VectorWidth.Bits256:
                    Run<SimdDouble256, Vector256<double>>(from, to, x.Length);
                    break;
                case VectorWidth.Bits128:
                    Run<SimdDouble128, Vector128<double>>(from, to, x.Length);
                    break;
                default:
                    Run<ScalarDouble, double>(from, to, x.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, T>(double* x, double* destination, nint length)
        where TSimd : struct, ISimdDouble<T>
        where T : struct
    {
        nint i = 0;
        for (; i + TSimd.Count <= length; i += TSimd.Count)
            TSimd.Store(TFunction.Evaluate<TSimd, T>(TSimd.Load(x + i)), destination + i);
        for (; i < length; i++)
            destination[i] = TFunction.Evaluate<ScalarDouble, double>(x[i]);
    }
}
