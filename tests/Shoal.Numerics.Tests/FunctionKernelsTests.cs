using System.Runtime.Intrinsics;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Tests;

/// <summary>The functions of floats that kernels use: their stated error against doubles, their limits, and the same bits at every width.</summary>
public unsafe class FunctionKernelsTests
{
    public static TheoryData<string, double> Errors => new()
    {
        { "exp(x) - 1", 1.2 },
        { "tanh", 2.6 },
        { "sigmoid", 2.4 },
        { "softplus", 2.5 },
        { "normal", 5.5 },
        { "density", 1.8 },
    };

    public static TheoryData<string> Names => [.. Errors.Select(row => (string)row[0])];

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_function_is_within_its_stated_error(string name, double most) => Sweep(name, most, stride: 4099);

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Errors))]
    public void A_function_is_within_its_stated_error_over_many_more_floats(string name, double most) => Sweep(name, most, stride: 131);

    [Theory]
    [InlineData("exp(x) - 1", float.NegativeInfinity, -1f)]
    [InlineData("exp(x) - 1", -0f, 0f)]
    [InlineData("exp(x) - 1", -1e-42f, -1e-42f)]
    [InlineData("exp(x) - 1", float.NaN, float.NaN)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", float.PositiveInfinity, 1f)]
    [InlineData("tanh", -0f, -0f)]
    [InlineData("tanh", 1e-42f, 1e-42f)]
    [InlineData("tanh", float.MinValue, -1f)]
    [InlineData("tanh", float.NaN, float.NaN)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", 0f, 0.5f)]
    [InlineData("sigmoid", float.NaN, float.NaN)]
    [InlineData("softplus", float.NegativeInfinity, 0f)]
    [InlineData("softplus", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("softplus", 1000f, 1000f)]
    [InlineData("softplus", float.NaN, float.NaN)]
    [InlineData("normal", float.NegativeInfinity, 0f)]
    [InlineData("normal", float.PositiveInfinity, 1f)]
    [InlineData("normal", float.NaN, float.NaN)]
    [InlineData("density", float.NegativeInfinity, 0f)]
    [InlineData("density", float.PositiveInfinity, 0f)]
    [InlineData("density", 0f, 1f)]
    [InlineData("density", float.NaN, float.NaN)]
    public void A_function_has_its_limits(string name, float x, float expected)
    {
        var y = Evaluate(name, x);

        (float.IsNaN(expected) ? float.IsNaN(y) : BitConverter.SingleToInt32Bits(y) == BitConverter.SingleToInt32Bits(expected))
            .ShouldBeTrue($"{name}({x}) is {y}, expected {expected}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_has_the_same_bits_at_every_width(string name)
    {
        var random = new Random(2);
        var x = stackalloc float[16];
        var narrow = stackalloc float[16];
        var middle = stackalloc float[16];
        var wide = stackalloc float[16];
        float[] special = [float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f, 0f, -104f, 89f, 1e-40f];
        for (var round = 0; round < 20000; round++)
        {
            for (var i = 0; i < 16; i++)
            {
                var value = round == 0 ? special[i % 8] : round % 2 == 0 ? BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)) : (float)((random.NextDouble() * 40) - 20);
                x[i] = name == "exp(x) - 1" ? -MathF.Abs(value) : value;
            }

            for (var i = 0; i < 16; i += 4)
                Evaluate<Simd128, Vector128<float>>(name, x + i, narrow + i);
            for (var i = 0; i < 16; i += 8)
                Evaluate<Simd256, Vector256<float>>(name, x + i, middle + i);
            Evaluate<Simd512, Vector512<float>>(name, x, wide);
            for (var i = 0; i < 16; i++)
            {
                var expected = BitConverter.SingleToInt32Bits(Evaluate(name, x[i]));
                foreach (var y in (ReadOnlySpan<float>)[narrow[i], middle[i], wide[i]])
                {
                    if (BitConverter.SingleToInt32Bits(y) != expected && !float.IsNaN(y))
                        throw new ShouldAssertException($"{name}({x[i]:R}) is {y:R} at one width, {BitConverter.Int32BitsToSingle(expected):R} as a scalar");
                }
            }
        }
    }

    [Theory]
    [InlineData("exp(x) - 1", 2254785441348356943UL)]
    [InlineData("tanh", 2499932504189574015UL)]
    [InlineData("sigmoid", 7859610366121689864UL)]
    [InlineData("softplus", 10041339080613858712UL)]
    [InlineData("normal", 1163634353031192615UL)]
    [InlineData("density", 1563628303559892919UL)]
    public void The_bits_of_a_function_never_change(string name, ulong pinned)
    {
        var hash = 14695981039346656037UL;
        for (var i = -4000; i <= (name == "exp(x) - 1" ? 0 : 4000); i++)
            hash = (hash ^ (uint)BitConverter.SingleToInt32Bits(Evaluate(name, i / 256f))) * 1099511628211UL;

        hash.ShouldBe(pinned);
    }

    // Over the bit patterns, so that every magnitude has its share.
    private static void Sweep(string name, double most, int stride)
    {
        var (worst, where) = (0.0, 0f);
        for (var bits = (long)int.MinValue; bits <= int.MaxValue; bits += stride)
        {
            var x = BitConverter.Int32BitsToSingle((int)bits);
            if (float.IsNaN(x) || (name == "exp(x) - 1" && x > 0))
                continue;
            var exact = Exact(name, x);
            var ulp = Math.ScaleB(1, exact == 0 ? -149 : Math.Max(Math.ILogB(exact) - 23, -149));
            var error = double.IsInfinity(exact) ? (Evaluate(name, x) == exact ? 0 : double.NaN) : Math.Abs(Evaluate(name, x) - exact) / ulp;
            if (!(error <= worst))
                (worst, where) = (error, x);
        }

        worst.ShouldBeLessThanOrEqualTo(most, $"{name}({where:R})");
    }

    private static float Evaluate(string name, float x)
    {
        float y;
        Evaluate<Simd.Scalar, float>(name, &x, &y);
        return y;
    }

    private static void Evaluate<TSimd, T>(string name, float* x, float* y)
        where TSimd : struct, ISimd<T>
        where T : struct
    {
        var value = TSimd.Load(x);
        T density;
        TSimd.Store(
            name switch
            {
                "exp(x) - 1" => ExpMinusOneKernel<TSimd, T>.Evaluate(value),
                "tanh" => TanhKernel<TSimd, T>.Evaluate(value),
                "sigmoid" => SingleSigmoidKernel<TSimd, T>.Evaluate(value),
                "softplus" => SoftplusKernel<TSimd, T>.Evaluate(value),
                "normal" => SingleNormalKernel<TSimd, T>.Evaluate(value, out _),
                "density" => Density(SingleNormalKernel<TSimd, T>.Evaluate(value, out density), density),
                _ => throw new ArgumentException($"There is no function \"{name}\"."),
            },
            y);
    }

    private static T Density<T>(T normal, T density) => density;

    private static double Exact(string name, double x) => name switch
    {
        "exp(x) - 1" => ExpMinusOne(x),
        "tanh" => Math.Tanh(x),
        "sigmoid" => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        "softplus" => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))),
        "normal" => Normal(x),
        _ => Math.Exp(-x * x / 2),
    };

    private static double ExpMinusOne(double x) => x > -1e-4 ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1;

    private static double LogOnePlus(double e) => e < 1e-4 ? e - (e * e / 2) + (e * e * e / 3) : Math.Log(1 + e);

    // The series Φ = 1/2 + φ·(x + x³/3 + x⁵/15 + …), or left of −3 the continued fraction of Φ/φ.
    private static double Normal(double x)
    {
        if (x > 3)
            return 1 - Normal(-x);
        if (x < -40)
            return 0;
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        if (x < -3)
        {
            var fraction = -x;
            for (var k = 200; k >= 1; k--)
                fraction = -x + (k / fraction);
            return density / fraction;
        }

        var (term, sum) = (x, x);
        for (var k = 3; k < 120; k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return 0.5 + (density * sum);
    }
}
