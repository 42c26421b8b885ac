using Shoal.Numerics.Functions;
using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests.Functions;

/// <summary>The span forms have the bits of the single form: at every width, length and offset.</summary>
public class SpecialFunctionsSpanTests
{
    private delegate void SpanForm(ReadOnlySpan<double> x, Span<double> destination);

    private static readonly double[] Specials =
        [double.NaN, 0, -0.0, 1, -1, 0.5, -0.5, 0.7, -0.7, 0.625, 5e-324, -5e-324, 1e-310, 1e300, -1e300, double.PositiveInfinity, double.NegativeInfinity, 709.8, -745.2, 27, -27, 1e8, 1e9];

    [Fact]
    public void Every_width_has_the_bits_of_single_values()
    {
        Check<ExpFunction>("exp");
        Check<Expm1Function>("expm1");
        Check<LogFunction>("log");
        Check<Log1pFunction>("log1p");
        Check<TanhFunction>("tanh");
        Check<SigmoidFunction>("sigmoid");
        Check<SoftplusFunction>("softplus");
        Check<ErfFunction>("erf");
        Check<ErfcFunction>("erfc");
        Check<ErfcxFunction>("erfcx");
        Check<NormalPdfFunction>("normal_pdf");
        Check<NormalCdfFunction>("normal_cdf");
        Check<NormalLogCdfFunction>("normal_log_cdf");
    }

    [Fact]
    public void Spans_of_every_length_and_offset_have_the_bits_of_single_values()
    {
        foreach (var (name, form) in Forms())
        {
            for (var n = 0; n <= 67; n++)
            {
                var (x, y) = (Mixed(n + 3, n), new double[n + 3]);

                form(x.AsSpan(n % 3, n), y.AsSpan((n + 1) % 3, n));

                for (var i = 0; i < n; i++)
                    ShouldBeSameBits(y[((n + 1) % 3) + i], SpecialFunctionsErrorTests.Function(name)(x[(n % 3) + i]), $"{name}({x[(n % 3) + i]:R}), {n} values");
                y.Where((_, i) => i < (n + 1) % 3 || i >= ((n + 1) % 3) + n).ShouldAllBe(value => value == 0);
                form(x, x);
            }

            Should.Throw<ArgumentException>(() => form(new double[2], new double[3])).Message.ShouldContain("destination has 3 values, expected 2");
            Should.Throw<ArgumentException>(() =>
            {
                var both = new double[5];
                form(both.AsSpan(0, 4), both.AsSpan(1, 4));
            }).Message.ShouldContain("overlaps x 1 values further on");
        }
    }

    private static (string Name, SpanForm Form)[] Forms() =>
    [
        ("exp", SpecialFunctions.Exp), ("expm1", SpecialFunctions.Expm1), ("log", SpecialFunctions.Log), ("log1p", SpecialFunctions.Log1p), ("tanh", SpecialFunctions.Tanh),
        ("sigmoid", SpecialFunctions.Sigmoid), ("softplus", SpecialFunctions.Softplus), ("erf", SpecialFunctions.Erf), ("erfc", SpecialFunctions.Erfc),
        ("erfcx", SpecialFunctions.Erfcx), ("normal_pdf", SpecialFunctions.NormalPdf), ("normal_cdf", SpecialFunctions.NormalCdf), ("normal_log_cdf", SpecialFunctions.NormalLogCdf),
    ];

    private static void Check<TFunction>(string name)
        where TFunction : struct, IFunctionOfDouble
    {
        var x = Mixed(2000, 5);
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var y = new double[x.Length];

            SpanFunction<TFunction>.Run(width, x, y);

            for (var i = 0; i < x.Length; i++)
                ShouldBeSameBits(y[i], SpecialFunctionsErrorTests.Function(name)(x[i]), $"{name}({x[i]:R}) at {width}");
        }
    }

    /// <summary>Special values among numbers of all magnitudes, so that one register holds several cases.</summary>
    private static double[] Mixed(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(i => i % 5 == 0
            ? Specials[random.Next(Specials.Length)]
            : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4)))];
    }

    private static void ShouldBeSameBits(double actual, double expected, string what)
    {
        if (BitConverter.DoubleToInt64Bits(actual) != BitConverter.DoubleToInt64Bits(expected) && !(double.IsNaN(actual) && double.IsNaN(expected)))
            throw new ShouldAssertException($"{what}: {actual:R}, expected {expected:R}");
    }
}
