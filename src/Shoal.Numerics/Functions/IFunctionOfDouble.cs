using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>A function of one double as a type, so that loops over spans are compiled for each.</summary>
internal interface IFunctionOfDouble
{
    static abstract T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct;
}

internal readonly struct ExpFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ExponentialKernel<TSimd, T>.Exp(x);
}

internal readonly struct Expm1Function : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ExponentialKernel<TSimd, T>.Expm1(x);
}

internal readonly struct LogFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ExponentialKernel<TSimd, T>.Log(x);
}

internal readonly struct Log1pFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ExponentialKernel<TSimd, T>.Log1p(x);
}

internal readonly struct TanhFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => SigmoidKernel<TSimd, T>.Tanh(x);
}

internal readonly struct SigmoidFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => SigmoidKernel<TSimd, T>.Sigmoid(x);
}

internal readonly struct SoftplusFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => SigmoidKernel<TSimd, T>.Softplus(x);
}

internal readonly struct ErfFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ErrorKernel<TSimd, T>.Erf(x);
}

internal readonly struct ErfcFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ErrorKernel<TSimd, T>.Erfc(x);
}

internal readonly struct ErfcxFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => ErrorKernel<TSimd, T>.Erfcx(x);
}

internal readonly struct NormalPdfFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => NormalKernel<TSimd, T>.Pdf(x);
}

internal readonly struct NormalCdfFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => NormalKernel<TSimd, T>.Cdf(x);
}

internal readonly struct NormalLogCdfFunction : IFunctionOfDouble
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Evaluate<TSimd, T>(T x)
        where TSimd : struct, ISimdDouble<T>
        where T : struct => NormalKernel<TSimd, T>.LogCdf(x);
}
