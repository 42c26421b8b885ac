using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Functions;

/// <summary>Density, distribution function and its logarithm of the standard normal distribution, of a register of doubles.</summary>
internal static class NormalKernel<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    private const double RootHalf = 0.70710678118654752;
    private const double InverseRootTwoPi = 0.39894228040143268;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Pdf(T x) => TSimd.Multiply(ExpOfHalfSquare(TSimd.Abs(x)), TSimd.Broadcast(InverseRootTwoPi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Cdf(T x)
    {
        var a = TSimd.Abs(x);
        var small = TSimd.Less(a, TSimd.Broadcast(0.7));
        var value = a;
        if (TSimd.Any(small))
        {
            // Φ(x) = ½ + ½·erf(x/√2).
            var u = TSimd.Multiply(x, TSimd.Broadcast(RootHalf));
            value = TSimd.FusedMultiplyAdd(TSimd.Multiply(u, TSimd.Broadcast(0.5)), TSimd.Add(TSimd.Broadcast(1), ErrorKernel<TSimd, T>.RatioLessOne(u)), TSimd.Broadcast(0.5));
        }

        if (TSimd.Any(TSimd.Less(TSimd.Broadcast(0.699), a)))
        {
            var tail = Tail(a);
            value = TSimd.Select(small, value, TSimd.Select(TSimd.Less(x, TSimd.Zero), tail, TSimd.Subtract(TSimd.Broadcast(1), tail)));
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T LogCdf(T x)
    {
        var a = TSimd.Abs(x);
        var positive = TSimd.Less(TSimd.Zero, x);
        var far = TSimd.Less(x, TSimd.Broadcast(-1));
        var value = x;
        if (TSimd.Any(positive))
            value = TSimd.Select(positive, ExponentialKernel<TSimd, T>.Log1p(TSimd.Negate(Tail(a))), value);
        if (TSimd.Any(far))
        {
            var scaled = TSimd.Multiply(ErrorKernel<TSimd, T>.ErfcxOfMagnitude(TSimd.Multiply(a, TSimd.Broadcast(RootHalf))), TSimd.Broadcast(0.5));
            value = TSimd.Select(far, TSimd.Subtract(ExponentialKernel<TSimd, T>.Log(scaled), TSimd.Multiply(TSimd.Multiply(a, a), TSimd.Broadcast(0.5))), value);
        }

        // What is left lies from −1 to 0.
        var near = TSimd.Less(a, TSimd.Broadcast(1.0000000000000002));
        near = TSimd.Select(positive, TSimd.Zero, near);
        if (TSimd.Any(near))
            value = TSimd.Select(near, ExponentialKernel<TSimd, T>.Log(Cdf(x)), value);
        return value;
    }

    /// <summary>Φ(−a) = ½·exp(−a²/2)·erfcx(a/√2) for a ≥ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tail(T a)
        => TSimd.Multiply(TSimd.Multiply(ExpOfHalfSquare(a), ErrorKernel<TSimd, T>.ErfcxOfMagnitude(TSimd.Multiply(a, TSimd.Broadcast(RootHalf)))), TSimd.Broadcast(0.5));

    /// <summary>exp(−a²/2); 0 from 39 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpOfHalfSquare(T a)
    {
        a = TSimd.AtMost(a, TSimd.Broadcast(39));
        var square = TSimd.Multiply(a, a);
        var lost = TSimd.FusedMultiplyAdd(TSimd.Negate(a), a, square);
        return ExponentialKernel<TSimd, T>.ExpOfSum(TSimd.Multiply(square, TSimd.Broadcast(-0.5)), TSimd.Multiply(lost, TSimd.Broadcast(0.5)));
    }
}
