namespace Shoal.Numerics.Simd;

/// <summary>The few operations that kernels are written in, once, for every vector width; <see cref="Scalar"/> is their meaning.</summary>
/// <typeparam name="T">The register: a float or a vector of floats.</typeparam>
internal unsafe partial interface ISimd<T>
    where T : struct
{
    /// <summary>Floats in one register.</summary>
    static abstract int Count { get; }

    static abstract T Zero { get; }

    static abstract T Load(float* source);

    static abstract void Store(T value, float* destination);

    static abstract T Broadcast(float value);

    static abstract T Add(T left, T right);

    static abstract T Subtract(T left, T right);

    static abstract T Multiply(T left, T right);

    static abstract T Divide(T left, T right);

    static abstract T SquareRoot(T value);

    /// <summary>left·right + addend, rounded once.</summary>
    static abstract T FusedMultiplyAdd(T left, T right, T addend);

    /// <summary>value &lt; 0 ? 0 : value. NaN and −0 stay.</summary>
    static abstract T Relu(T value);

    /// <summary>selector &gt; 0 ? value : 0.</summary>
    static abstract T WherePositive(T selector, T value);

    /// <summary>x &gt; best or x is NaN ? x : best; a NaN stays.</summary>
    static abstract T Maximum(T best, T x);

    /// <summary>value &lt; limit ? limit : value. NaN stays.</summary>
    static abstract T AtLeast(T value, T limit);

    /// <summary>value &gt; limit ? limit : value. NaN stays.</summary>
    static abstract T AtMost(T value, T limit);

    /// <summary>All bits set.</summary>
    static abstract T True { get; }

    /// <summary>All bits set where x equals largest or is NaN, else none.</summary>
    static abstract T IsWinner(T x, T largest);

    static abstract T And(T left, T right);

    /// <summary>left and not right, bit by bit.</summary>
    static abstract T AndNot(T left, T right);

    /// <summary>value·2ⁿ, where n is the whole number in the low bits of <paramref name="shifted"/> = n + 1.5·2²³, as two exact factors, so that it rounds once.</summary>
    static abstract T Scale(T value, T shifted);
}
