using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Tests;

public unsafe class SpecialFunctionsTests
{
    /// <summary>Distance in units of the last place of the exact value.</summary>
    private static double Ulps(float actual, double exact)
    {
        if (actual == (float)exact)
            return 0;
        var ulp = (double)MathF.BitIncrement(MathF.Abs((float)exact)) - MathF.Abs((float)exact);
        return Math.Abs(actual - exact) / ulp;
    }

    private static double Ulps(double actual, double near) => actual == near ? 0 : Math.Abs(actual - near) / (Math.BitIncrement(Math.Abs(near)) - Math.Abs(near));

    [Fact]
    public void Exp_of_floats_is_within_its_error()
    {
        for (var x = -104.5f; x < 89f; x += 0.00137f)
            Ulps(SpecialFunctions.Exp(x), Math.Exp(x)).ShouldBeLessThan(1.1, $"exp({x:R})");
        SpecialFunctions.Exp(0f).ShouldBe(1f);
        SpecialFunctions.Exp(float.NegativeInfinity).ShouldBe(0f);
        SpecialFunctions.Exp(float.PositiveInfinity).ShouldBe(float.PositiveInfinity);
        SpecialFunctions.Exp(float.NaN).ShouldBe(float.NaN);
        SpecialFunctions.Exp(88.8f).ShouldBe(float.PositiveInfinity);
    }

    [Fact]
    public void Exp_has_the_same_bits_at_every_width()
    {
        var random = new Random(1);
        var x = stackalloc float[16];
        var y = stackalloc float[16];
        for (var round = 0; round < 20000; round++)
        {
            for (var i = 0; i < 16; i++)
                x[i] = round == 0 ? new[] { float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f, 0f, -104f, 89f, 1e-40f }[i % 8] : (float)((random.NextDouble() * 200) - 106);
            Check(x, y, 4, () => Simd128.Store(ExpKernel<Simd128, System.Runtime.Intrinsics.Vector128<float>>.Evaluate(Simd128.Load(x)), y));
            Check(x, y, 8, () => Simd256.Store(ExpKernel<Simd256, System.Runtime.Intrinsics.Vector256<float>>.Evaluate(Simd256.Load(x)), y));
            Check(x, y, 16, () => Simd512.Store(ExpKernel<Simd512, System.Runtime.Intrinsics.Vector512<float>>.Evaluate(Simd512.Load(x)), y));
        }
    }

    [Fact]
    public void Exp_of_a_span_has_the_bits_of_single_values_at_every_length()
    {
        for (var n = 0; n <= 257; n++)
        {
            var x = new float[n];
            for (var i = 0; i < n; i++)
                x[i] = (i * 0.77f) - 100;
            var y = new float[n];

            SpecialFunctions.Exp(x, y);

            y.ShouldBe(x.Select(SpecialFunctions.Exp));
        }

        Should.Throw<ArgumentException>(() => SpecialFunctions.Exp(new float[2], new float[3])).Message.ShouldContain("destination has 3 values, expected 2");
    }

    [Fact]
    public void Functions_of_doubles_are_within_their_errors()
    {
        for (var i = -20000; i <= 20000; i++)
        {
            var x = i * 0.0317;
            Ulps(SpecialFunctions.Exp(x), Math.Exp(x)).ShouldBeLessThan(2.1, $"exp({x:R})");
            Ulps(SpecialFunctions.Tanh(x / 20), Math.Tanh(x / 20)).ShouldBeLessThan(5, $"tanh({x / 20:R})");
            Ulps(SpecialFunctions.Sin(x), Math.Sin(x)).ShouldBeLessThan(2.5, $"sin({x:R})");
            Ulps(SpecialFunctions.Cos(x), Math.Cos(x)).ShouldBeLessThan(2.5, $"cos({x:R})");
            var positive = Math.Exp(x / 2);
            Ulps(SpecialFunctions.Log(positive), Math.Log(positive)).ShouldBeLessThan(3, $"log({positive:R})");
            var nearOne = 1 + (i * 1e-7);
            Ulps(SpecialFunctions.Log(nearOne), Math.Log(nearOne)).ShouldBeLessThan(3, $"log({nearOne:R})");
        }

        SpecialFunctions.Log(5e-324).ShouldBe(Math.Log(5e-324), 1e-12);
        SpecialFunctions.Log(0.0).ShouldBe(double.NegativeInfinity);
        SpecialFunctions.Log(-1.0).ShouldBe(double.NaN);
        SpecialFunctions.Log(1f).ShouldBe(0f);
        SpecialFunctions.Sin(Math.PI).ShouldBe(1.2246467991473532e-16, 1e-24);
        Should.Throw<ArgumentOutOfRangeException>(() => SpecialFunctions.Sin(2e6)).Message.ShouldContain("Reduce it first");
    }

    private static void Check(float* x, float* y, int count, Action evaluate)
    {
        evaluate();
        for (var i = 0; i < count; i++)
            BitConverter.SingleToInt32Bits(y[i]).ShouldBe(BitConverter.SingleToInt32Bits(SpecialFunctions.Exp(x[i])), $"{count} floats, exp({x[i]:R})");
    }
}
