using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>One function of a register and its gradient; <see cref="ScalarMeaning"/> says in plain code what each means.</summary>
internal interface IActivation<T>
    where T : struct
{
    static abstract T Forward(T x, T parameter);

    /// <param name="value">x for the two forms of GELU, else y.</param>
    /// <param name="dy">The gradient by y.</param>
    /// <param name="parameter">As forward.</param>
    static abstract T Gradient(T value, T dy, T parameter);
}

internal readonly struct LeakyRelu<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter) => TSimd.Select(x, x, TSimd.Multiply(parameter, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter) => TSimd.Select(value, dy, TSimd.Multiply(parameter, dy));
}

internal readonly struct Elu<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    // Right of 0 the kernel is out of its range; what it gives there is not selected.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter) => TSimd.Select(x, x, TSimd.Multiply(parameter, ExpMinusOneKernel<TSimd, T>.Evaluate(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter) => TSimd.Select(value, dy, TSimd.Multiply(TSimd.Add(value, parameter), dy));
}

internal readonly struct Sigmoid<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter) => SingleSigmoidKernel<TSimd, T>.Evaluate(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter)
        => TSimd.Multiply(TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Zero, value), value, value), dy);
}

internal readonly struct Tanh<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter) => TanhKernel<TSimd, T>.Evaluate(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter)
        => TSimd.Multiply(TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Zero, value), value, TSimd.Broadcast(1f)), dy);
}

internal readonly struct Softplus<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter) => SoftplusKernel<TSimd, T>.Evaluate(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter)
        => TSimd.Subtract(TSimd.Zero, TSimd.Multiply(ExpMinusOneKernel<TSimd, T>.Evaluate(TSimd.Subtract(TSimd.Zero, value)), dy));
}

internal readonly struct Gelu<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter)
        => TSimd.Multiply(TSimd.AtLeast(x, TSimd.Broadcast(-ScalarMeaning.GeluLimit)), SingleNormalKernel<TSimd, T>.Evaluate(x, out _));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter)
    {
        var normal = SingleNormalKernel<TSimd, T>.Evaluate(value, out var density);
        var x = TSimd.AtMost(TSimd.AtLeast(value, TSimd.Broadcast(-ScalarMeaning.GeluLimit)), TSimd.Broadcast(ScalarMeaning.GeluLimit));
        return TSimd.Multiply(TSimd.FusedMultiplyAdd(TSimd.Multiply(x, TSimd.Broadcast(ScalarMeaning.DensityAtZero)), density, normal), dy);
    }
}

internal readonly struct GeluTanh<TSimd, T> : IActivation<T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward(T x, T parameter)
    {
        x = TSimd.AtLeast(x, TSimd.Broadcast(-ScalarMeaning.GeluLimit));
        return TSimd.Multiply(x, SingleSigmoidKernel<TSimd, T>.Evaluate(Inner(x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient(T value, T dy, T parameter)
    {
        var x = TSimd.AtMost(TSimd.AtLeast(value, TSimd.Broadcast(-ScalarMeaning.GeluLimit)), TSimd.Broadcast(ScalarMeaning.GeluLimit));
        var s = SingleSigmoidKernel<TSimd, T>.Evaluate(Inner(x));
        var factor = TSimd.Broadcast(ScalarMeaning.TwiceRootTwoOverPi);
        var cubic = TSimd.Broadcast(3f * ScalarMeaning.GeluCubic * ScalarMeaning.TwiceRootTwoOverPi);
        var slope = TSimd.FusedMultiplyAdd(TSimd.Multiply(x, x), cubic, factor);
        var change = TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Zero, s), s, s);
        return TSimd.Multiply(TSimd.FusedMultiplyAdd(TSimd.Multiply(x, slope), change, s), dy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Inner(T x)
    {
        var cubic = TSimd.FusedMultiplyAdd(TSimd.Multiply(x, x), TSimd.Broadcast(ScalarMeaning.GeluCubic), TSimd.Broadcast(1f));
        return TSimd.Multiply(TSimd.Multiply(TSimd.Broadcast(ScalarMeaning.TwiceRootTwoOverPi), x), cubic);
    }
}
