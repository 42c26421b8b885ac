using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Shoal.Numerics.Simd;

// What the functions of floats need beside the operations of the products.
internal unsafe partial interface ISimd<T>
{
    /// <summary>selector &gt; 0 ? positive : otherwise; a NaN selects otherwise.</summary>
    static abstract T Select(T selector, T positive, T otherwise);

    /// <summary>left or right, bit by bit.</summary>
    static abstract T Or(T left, T right);
}

internal readonly unsafe partial struct Scalar
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Select(float selector, float positive, float otherwise) => selector > 0f ? positive : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Or(float left, float right)
        => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left) | BitConverter.SingleToInt32Bits(right));
}

internal readonly unsafe partial struct Simd128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Select(Vector128<float> selector, Vector128<float> positive, Vector128<float> otherwise)
        => Vector128.ConditionalSelect(Vector128.GreaterThan(selector, Vector128<float>.Zero), positive, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Or(Vector128<float> left, Vector128<float> right) => left | right;
}

internal readonly unsafe partial struct Simd256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Select(Vector256<float> selector, Vector256<float> positive, Vector256<float> otherwise)
        => Vector256.ConditionalSelect(Vector256.GreaterThan(selector, Vector256<float>.Zero), positive, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Or(Vector256<float> left, Vector256<float> right) => left | right;
}

internal readonly unsafe partial struct Simd512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Select(Vector512<float> selector, Vector512<float> positive, Vector512<float> otherwise)
        => Vector512.ConditionalSelect(Vector512.GreaterThan(selector, Vector512<float>.Zero), positive, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Or(Vector512<float> left, Vector512<float> right) => left | right;
}
