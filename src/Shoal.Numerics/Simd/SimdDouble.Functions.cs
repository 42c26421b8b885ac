using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Shoal.Numerics.Simd;

/// <summary>What functions of doubles need beyond sums: choices by masks, and the parts of a number.</summary>
internal unsafe partial interface ISimdDouble<T>
{
    static abstract T Broadcast(double value);

    static abstract T Multiply(T left, T right);

    static abstract T Divide(T left, T right);

    static abstract T Negate(T value);

    static abstract T Abs(T value);

    /// <summary>The magnitude of one with the sign of the other, bit by bit.</summary>
    static abstract T CopySign(T magnitude, T sign);

    /// <summary>value &lt; limit ? limit : value. NaN stays.</summary>
    static abstract T AtLeast(T value, T limit);

    /// <summary>value &gt; limit ? limit : value. NaN stays.</summary>
    static abstract T AtMost(T value, T limit);

    /// <summary>All bits set where left is the smaller, else none; none for NaN.</summary>
    static abstract T Less(T left, T right);

    /// <summary>Bits of <paramref name="yes"/> where the mask is set, else of <paramref name="no"/>.</summary>
    static abstract T Select(T mask, T yes, T no);

    /// <summary>Whether a mask is set anywhere.</summary>
    static abstract bool Any(T mask);

    /// <summary>value·2ⁿ, where n is the whole number in the low bits of <paramref name="shifted"/> = n + 1.5·2⁵², as two exact factors, so that it rounds once; −2046 ≤ n ≤ 2046.</summary>
    static abstract T Scale(T value, T shifted);

    /// <summary>A positive normal number as m·2ⁿ with √½ ≤ m &lt; √2 (nearly); n as a double.</summary>
    static abstract T Split(T value, out T exponent);
}

/// <content>The meaning.</content>
internal readonly unsafe partial struct ScalarDouble
{
    /// <summary>The bits of 1.5·2⁵²: adding it to a small double leaves the rounded whole number in the low bits.</summary>
    internal const long ShiftBits = 0x4338000000000000;

    /// <summary>The bits of about √½, with zeros below the first 32.</summary>
    internal const long HalfRootBits = 0x3FE6A09E00000000;

    /// <summary>The bits of 2⁵²: a whole number below it in the low bits makes 2⁵² + that number.</summary>
    internal const long WholeBits = 0x4330000000000000;

    internal const long MantissaBits = 0xFFFFFFFFFFFFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Broadcast(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Multiply(double left, double right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Divide(double left, double right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Negate(double value) => -value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Abs(double value) => Math.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double CopySign(double magnitude, double sign) => Math.CopySign(magnitude, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AtLeast(double value, double limit) => value < limit ? limit : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AtMost(double value, double limit) => value > limit ? limit : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Less(double left, double right) => BitConverter.Int64BitsToDouble(left < right ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Select(double mask, double yes, double no) => BitConverter.DoubleToInt64Bits(mask) != 0 ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(double mask) => BitConverter.DoubleToInt64Bits(mask) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Scale(double value, double shifted)
    {
        var n = BitConverter.DoubleToInt64Bits(shifted) - ShiftBits;
        var half = ((n + 4096) >>> 1) - 2048;
        return value * BitConverter.Int64BitsToDouble((half + 1023) << 52) * BitConverter.Int64BitsToDouble((n - half + 1023) << 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Split(double value, out double exponent)
    {
        var bits = BitConverter.DoubleToInt64Bits(value) + (0x3FF0000000000000 - HalfRootBits);
        exponent = BitConverter.Int64BitsToDouble((bits >>> 52) | WholeBits) - (4503599627370496.0 + 1023);
        return BitConverter.Int64BitsToDouble((bits & MantissaBits) + HalfRootBits);
    }
}

/// <content>As <see cref="ScalarDouble"/>.</content>
internal readonly unsafe partial struct SimdDouble128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Divide(Vector128<double> left, Vector128<double> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Negate(Vector128<double> value) => -value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Abs(Vector128<double> value) => Vector128.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> CopySign(Vector128<double> magnitude, Vector128<double> sign)
        => Vector128.ConditionalSelect(Vector128.Create(-0.0), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AtLeast(Vector128<double> value, Vector128<double> limit)
        => Vector128.ConditionalSelect(Vector128.LessThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AtMost(Vector128<double> value, Vector128<double> limit)
        => Vector128.ConditionalSelect(Vector128.GreaterThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Less(Vector128<double> left, Vector128<double> right) => Vector128.LessThan(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Select(Vector128<double> mask, Vector128<double> yes, Vector128<double> no) => Vector128.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector128<double> mask) => Vector128.ExtractMostSignificantBits(mask) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Scale(Vector128<double> value, Vector128<double> shifted)
    {
        // Shifts to the right fill with zeros: the arithmetic one does not exist for 64 bits below AVX-512.
        var n = shifted.AsInt64() - Vector128.Create(ScalarDouble.ShiftBits);
        var half = ((n + Vector128.Create(4096L)) >>> 1) - Vector128.Create(2048L);
        var bias = Vector128.Create(1023L);
        return value * ((half + bias) << 52).AsDouble() * ((n - half + bias) << 52).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Split(Vector128<double> value, out Vector128<double> exponent)
    {
        var bits = value.AsInt64() + Vector128.Create(0x3FF0000000000000 - ScalarDouble.HalfRootBits);
        exponent = ((bits >>> 52) | Vector128.Create(ScalarDouble.WholeBits)).AsDouble() - Vector128.Create(4503599627370496.0 + 1023);
        return ((bits & Vector128.Create(ScalarDouble.MantissaBits)) + Vector128.Create(ScalarDouble.HalfRootBits)).AsDouble();
    }
}

/// <content>As <see cref="ScalarDouble"/>.</content>
internal readonly unsafe partial struct SimdDouble256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Divide(Vector256<double> left, Vector256<double> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Negate(Vector256<double> value) => -value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Abs(Vector256<double> value) => Vector256.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> CopySign(Vector256<double> magnitude, Vector256<double> sign)
        => Vector256.ConditionalSelect(Vector256.Create(-0.0), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AtLeast(Vector256<double> value, Vector256<double> limit)
        => Vector256.ConditionalSelect(Vector256.LessThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AtMost(Vector256<double> value, Vector256<double> limit)
        => Vector256.ConditionalSelect(Vector256.GreaterThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Less(Vector256<double> left, Vector256<double> right) => Vector256.LessThan(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Select(Vector256<double> mask, Vector256<double> yes, Vector256<double> no) => Vector256.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector256<double> mask) => Vector256.ExtractMostSignificantBits(mask) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Scale(Vector256<double> value, Vector256<double> shifted)
    {
        // Shifts to the right fill with zeros: the arithmetic one does not exist for 64 bits below AVX-512.
        var n = shifted.AsInt64() - Vector256.Create(ScalarDouble.ShiftBits);
        var half = ((n + Vector256.Create(4096L)) >>> 1) - Vector256.Create(2048L);
        var bias = Vector256.Create(1023L);
        return value * ((half + bias) << 52).AsDouble() * ((n - half + bias) << 52).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Split(Vector256<double> value, out Vector256<double> exponent)
    {
        var bits = value.AsInt64() + Vector256.Create(0x3FF0000000000000 - ScalarDouble.HalfRootBits);
        exponent = ((bits >>> 52) | Vector256.Create(ScalarDouble.WholeBits)).AsDouble() - Vector256.Create(4503599627370496.0 + 1023);
        return ((bits & Vector256.Create(ScalarDouble.MantissaBits)) + Vector256.Create(ScalarDouble.HalfRootBits)).AsDouble();
    }
}

/// <content>As <see cref="ScalarDouble"/>.</content>
internal readonly unsafe partial struct SimdDouble512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Divide(Vector512<double> left, Vector512<double> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Negate(Vector512<double> value) => -value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Abs(Vector512<double> value) => Vector512.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> CopySign(Vector512<double> magnitude, Vector512<double> sign)
        => Vector512.ConditionalSelect(Vector512.Create(-0.0), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AtLeast(Vector512<double> value, Vector512<double> limit)
        => Vector512.ConditionalSelect(Vector512.LessThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AtMost(Vector512<double> value, Vector512<double> limit)
        => Vector512.ConditionalSelect(Vector512.GreaterThan(value, limit), limit, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Less(Vector512<double> left, Vector512<double> right) => Vector512.LessThan(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Select(Vector512<double> mask, Vector512<double> yes, Vector512<double> no) => Vector512.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector512<double> mask) => Vector512.ExtractMostSignificantBits(mask) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Scale(Vector512<double> value, Vector512<double> shifted)
    {
        // Shifts to the right fill with zeros: the arithmetic one does not exist for 64 bits below AVX-512.
        var n = shifted.AsInt64() - Vector512.Create(ScalarDouble.ShiftBits);
        var half = ((n + Vector512.Create(4096L)) >>> 1) - Vector512.Create(2048L);
        var bias = Vector512.Create(1023L);
        return value * ((half + bias) << 52).AsDouble() * ((n - half + bias) << 52).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Split(Vector512<double> value, out Vector512<double> exponent)
    {
        var bits = value.AsInt64() + Vector512.Create(0x3FF0000000000000 - ScalarDouble.HalfRootBits);
        exponent = ((bits >>> 52) | Vector512.Create(ScalarDouble.WholeBits)).AsDouble() - Vector512.Create(4503599627370496.0 + 1023);
        return ((bits & Vector512.Create(ScalarDouble.MantissaBits)) + Vector512.Create(ScalarDouble.HalfRootBits)).AsDouble();
    }
}
