using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Simd;

/// <summary>One float at a time: the meaning of the other widths.</summary>
internal readonly unsafe partial struct Scalar : ISimd<float>
{
    /// <summary>The bits of 1.5·2²³: adding it to a small float leaves the rounded whole number in the low bits.</summary>
    internal const int ShiftBits = 0x4B400000;

    public static int Count => 1;

    public static float Zero => 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, float* destination) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float left, float right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float left, float right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Divide(float left, float right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquareRoot(float value) => MathF.Sqrt(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FusedMultiplyAdd(float left, float right, float addend) => MathF.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Relu(float value) => value < 0f ? 0f : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WherePositive(float selector, float value) => selector > 0f ? value : 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Maximum(float best, float x) => x > best || float.IsNaN(x) ? x : best;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtLeast(float value, float limit) => value < limit ? limit : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtMost(float value, float limit) => value > limit ? limit : value;

    public static float True => BitConverter.Int32BitsToSingle(-1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float IsWinner(float x, float largest) => x == largest || float.IsNaN(x) ? True : 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float And(float left, float right)
        => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left) & BitConverter.SingleToInt32Bits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AndNot(float left, float right)
        => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left) & ~BitConverter.SingleToInt32Bits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(float value, float shifted)
    {
        var n = BitConverter.SingleToInt32Bits(shifted) - ShiftBits;
        var half = n >> 1;
        return value * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((n - half + 127) << 23);
    }
}
