using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>A <see cref="WeightUpdate"/> on registers; a type for each kind, so that a sweep without it pays nothing.</summary>
internal interface IUpdate<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    static abstract T Gradient(T gradient, T scale, T low, T high);

    static abstract T Weight(T weight, T lost);
}

/// <summary>Neither clipping nor decay.</summary>
internal readonly struct Plain<TSimd, T> : IUpdate<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T gradient, T scale, T low, T high) => gradient;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weight(T weight, T lost) => weight;
}

/// <summary>Clipping alone.</summary>
internal readonly struct Clipped<TSimd, T> : IUpdate<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T gradient, T scale, T low, T high) => TSimd.AtMost(TSimd.AtLeast(TSimd.Multiply(gradient, scale), low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weight(T weight, T lost) => weight;
}

/// <summary>Decay, and clipping with it.</summary>
internal readonly struct Decayed<TSimd, T> : IUpdate<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T gradient, T scale, T low, T high) => TSimd.AtMost(TSimd.AtLeast(TSimd.Multiply(gradient, scale), low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weight(T weight, T lost) => TSimd.FusedMultiplyAdd(lost, weight, weight);
}
