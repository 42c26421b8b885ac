using System.Globalization;

namespace Shoal.Numerics.Tests.Functions;

/// <summary>Errors against values of 80 digits (tests/data/special), special values, and growth.</summary>
public class SpecialFunctionsErrorTests
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly Lazy<ILookup<string, (double X, double Near, double Left)>> Table = new(() =>
        File.ReadLines(TestData.PathOf("special", "special.txt"))
            .Select(line => line.Split(' '))
            .ToLookup(parts => parts[0], parts => (Number(parts[1]), Number(parts[2]), Number(parts[3]))));

    [Theory]
    [InlineData("exp", 1)]
    [InlineData("expm1", 1.2)]
    [InlineData("log", 0.8)]
    [InlineData("log1p", 0.8)]
    [InlineData("tanh", 1.3)]
    [InlineData("sigmoid", 2)]
    [InlineData("softplus", 1.5)]
    [InlineData("erf", 1.2)]
    [InlineData("erfc", 2)]
    [InlineData("erfcx", 2.1)]
    [InlineData("normal_pdf", 2.1)]
    [InlineData("normal_cdf", 2.8)]
    [InlineData("normal_log_cdf", 3)]
    public void Errors_are_within_what_the_documentation_states(string name, double ulps)
    {
        var (worst, at, count) = (0.0, 0.0, 0);
        foreach (var (x, near, left) in Table.Value[name])
        {
            var error = Math.Abs(((Function(name)(x) - near) / (Math.BitIncrement(Math.Abs(near)) - Math.Abs(near))) - left);
            if (!(error <= worst))
                (worst, at) = (error, x);
            count++;
        }

        count.ShouldBeGreaterThan(50);
        worst.ShouldBeLessThanOrEqualTo(ulps, $"{name}({at:R})");
    }

    [Theory]
    [InlineData("exp", 0, 1)]
    [InlineData("exp", -Infinity, 0)]
    [InlineData("exp", -746, 0)]
    [InlineData("exp", 709.79, Infinity)]
    [InlineData("exp", Infinity, Infinity)]
    [InlineData("expm1", 0.0, 0.0)]
    [InlineData("expm1", -Infinity, -1)]
    [InlineData("expm1", 710, Infinity)]
    [InlineData("expm1", Infinity, Infinity)]
    [InlineData("log", 1, 0)]
    [InlineData("log", 0, -Infinity)]
    [InlineData("log", -1, double.NaN)]
    [InlineData("log", -Infinity, double.NaN)]
    [InlineData("log", Infinity, Infinity)]
    [InlineData("log1p", 0, 0)]
    [InlineData("log1p", -1, -Infinity)]
    [InlineData("log1p", -1.5, double.NaN)]
    [InlineData("log1p", Infinity, Infinity)]
    [InlineData("tanh", 30, 1)]
    [InlineData("tanh", -Infinity, -1)]
    [InlineData("sigmoid", 0, 0.5)]
    [InlineData("sigmoid", -Infinity, 0)]
    [InlineData("sigmoid", Infinity, 1)]
    [InlineData("softplus", -Infinity, 0)]
    [InlineData("softplus", 800, 800)]
    [InlineData("softplus", Infinity, Infinity)]
    [InlineData("erf", -7, -1)]
    [InlineData("erf", Infinity, 1)]
    [InlineData("erfc", 0, 1)]
    [InlineData("erfc", Infinity, 0)]
    [InlineData("erfc", -Infinity, 2)]
    [InlineData("erfc", 28, 0)]
    [InlineData("erfcx", 0, 1)]
    [InlineData("erfcx", Infinity, 0)]
    [InlineData("erfcx", -Infinity, Infinity)]
    [InlineData("erfcx", -27, Infinity)]
    [InlineData("normal_pdf", Infinity, 0)]
    [InlineData("normal_pdf", -Infinity, 0)]
    [InlineData("normal_cdf", 0, 0.5)]
    [InlineData("normal_cdf", -Infinity, 0)]
    [InlineData("normal_cdf", Infinity, 1)]
    [InlineData("normal_log_cdf", -Infinity, -Infinity)]
    [InlineData("normal_log_cdf", -1e200, -Infinity)]
    public void Special_values_are_exact(string name, double x, double value)
    {
        BitConverter.DoubleToInt64Bits(Function(name)(x)).ShouldBe(BitConverter.DoubleToInt64Bits(value), $"{name}({x:R}) = {Function(name)(x):R}");
        Function(name)(double.NaN).ShouldBe(double.NaN);
    }

    [Fact]
    public void Odd_functions_keep_the_sign_of_zero()
    {
        foreach (var name in new[] { "expm1", "log1p", "tanh", "erf" })
            double.IsNegative(Function(name)(-0.0)).ShouldBeTrue(name);
        SpecialFunctions.Log(-0.0).ShouldBe(double.NegativeInfinity);
        (SpecialFunctions.Exp(-0.0), SpecialFunctions.Erfc(-0.0), SpecialFunctions.Erfcx(-0.0), SpecialFunctions.NormalCdf(-0.0)).ShouldBe((1, 1, 1, 0.5));
    }

    [Theory]
    [InlineData("exp", -746, 709.7, 1)]
    [InlineData("expm1", -40, 709.7, 1)]
    [InlineData("tanh", -20, 20, 1)]
    [InlineData("sigmoid", -746, 40, 1)]
    [InlineData("softplus", -746, 746, 1)]
    [InlineData("erf", -6.5, 6.5, 1)]
    [InlineData("erfc", -6.5, 28, -1)]
    [InlineData("erfcx", -26.6, 1000, -1)]
    [InlineData("normal_cdf", -39, 9, 1)]
    [InlineData("normal_log_cdf", -100, 38, 1)]
    public void Values_do_not_fall_where_the_function_grows(string name, double low, double high, int direction)
    {
        const int Steps = 40000;
        var function = Function(name);
        var before = function(low);
        for (var i = 1; i <= Steps; i++)
        {
            var x = low + ((high - low) * i / Steps);
            var value = function(x);
            (direction * (value - before)).ShouldBeGreaterThanOrEqualTo(0, $"{name}({x:R}) = {value:R} after {before:R}");
            before = value;
        }
    }

    [Fact]
    public void Values_hardly_jump_where_one_formula_takes_over_from_another()
    {
        // Twice the stated error, and what the function itself does over two steps of x.
        const double Ulps = 6;
        foreach (var (name, edge) in new[] { ("tanh", 0.625), ("erf", 1), ("erfc", 0.5), ("erfc", -0.5), ("normal_cdf", 0.7), ("normal_cdf", -0.7), ("erfcx", 1e8), ("normal_log_cdf", -1), ("erfcx", 0), ("expm1", -1.0397207708399179) })
        {
            var (below, above) = (Function(name)(Math.BitDecrement(edge)), Function(name)(Math.BitIncrement(edge)));

            Math.Abs(above - below).ShouldBeLessThanOrEqualTo(Ulps * (Math.BitIncrement(Math.Abs(above)) - Math.Abs(above)), $"{name} at {edge}");
        }
    }

    internal static Func<double, double> Function(string name) => name switch
    {
        "exp" => SpecialFunctions.Exp,
        "expm1" => SpecialFunctions.Expm1,
        "log" => SpecialFunctions.Log,
        "log1p" => SpecialFunctions.Log1p,
        "tanh" => SpecialFunctions.Tanh,
        "sigmoid" => SpecialFunctions.Sigmoid,
        "softplus" => SpecialFunctions.Softplus,
        "erf" => SpecialFunctions.Erf,
        "erfc" => SpecialFunctions.Erfc,
        "erfcx" => SpecialFunctions.Erfcx,
        "normal_pdf" => SpecialFunctions.NormalPdf,
        "normal_cdf" => SpecialFunctions.NormalCdf,
        _ => SpecialFunctions.NormalLogCdf,
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
