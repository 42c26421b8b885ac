using System.Text.Json;

namespace Shoal.Numerics.Tests.Functions;

/// <summary>What the error functions are for: the continuous ranked probability score of normal and log-normal mixtures in closed form, against 40 digits.</summary>
public class ScoreOfMixturesTests
{
    private static readonly double RootHalf = Math.Sqrt(0.5);

    [Fact]
    public void Closed_forms_by_our_functions_meet_the_golden_tolerances()
    {
        var cases = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("golden", "crps.json"))).RootElement.GetProperty("cases").EnumerateArray().ToArray();

        foreach (var one in cases)
        {
            var (y, mu, sigma, weights) = (one.GetProperty("y").GetDouble(), Numbers(one, "mu"), Numbers(one, "sigma"), Numbers(one, "weights"));
            var p = weights.Select(w => w / weights.Sum()).ToArray();
            var expected = one.GetProperty("crps").GetDouble();
            var family = one.GetProperty("family").GetString()!;

            var score = family.StartsWith("normal", StringComparison.Ordinal) ? Normal(y, mu, sigma, p) : LogNormal(y, mu, sigma, p);

            Math.Abs(score - expected).ShouldBeLessThanOrEqualTo(one.GetProperty("rtol").GetDouble() * Math.Abs(expected), $"case {one.GetProperty("id")}, {family}: {score:R} instead of {expected:R}");
        }

        cases.Length.ShouldBe(60);
    }

    [Fact]
    public void A_mixture_that_needs_the_stable_form_keeps_its_digits()
        => LogNormal(100, [4, 3], [9, 0.5], [0.5, 0.5]).ShouldBe(1041509947.9775587, 1e-5);

    /// <summary>Grimit 2006: Σ p_i A(y−mu_i, s_i) − ½ Σ p_i p_j A(mu_i−mu_j, S_ij), A(m, s) = m·erf(m/(s√2)) + 2s·φ(m/s).</summary>
    private static double Normal(double y, double[] mu, double[] s, double[] p)
    {
        static double A(double m, double sigma) => (m * SpecialFunctions.Erf(m / sigma * RootHalf)) + (2 * sigma * SpecialFunctions.NormalPdf(m / sigma));
        var score = 0.0;
        for (var i = 0; i < mu.Length; i++)
        {
            score += p[i] * A(y - mu[i], s[i]);
            for (var j = 0; j < mu.Length; j++)
                score -= 0.5 * p[i] * p[j] * A(mu[i] - mu[j], Math.Sqrt((s[i] * s[i]) + (s[j] * s[j])));
        }

        return score;
    }

    /// <summary>Σ p_i { y·erf(w_i/√2) + m_i [Σ_j p_j erfc(a_ij/√2) − erfc((s_i−w_i)/√2)] }, every m_i·erfc(t) with t > 0 by exp and erfcx.</summary>
    private static double LogNormal(double y, double[] mu, double[] s, double[] p)
    {
        var score = 0.0;
        for (var i = 0; i < mu.Length; i++)
        {
            var logMean = mu[i] + (s[i] * s[i] / 2);
            double MeanTimesErfc(double t) => t > 0
                ? SpecialFunctions.Exp(logMean - (t * t)) * SpecialFunctions.Erfcx(t)
                : SpecialFunctions.Exp(logMean) * SpecialFunctions.Erfc(t);
            var w = y > 0 ? (SpecialFunctions.Log(y) - mu[i]) / s[i] : double.NegativeInfinity;
            var inner = y > 0 ? (y * SpecialFunctions.Erf(w * RootHalf)) - MeanTimesErfcOfPoint(w) : -y;
            for (var j = 0; j < mu.Length; j++)
            {
                var a = (mu[i] - mu[j] + (s[i] * s[i])) / Math.Sqrt((s[i] * s[i]) + (s[j] * s[j]));
                inner += i == j
                    ? p[j] * SpecialFunctions.Exp(mu[i] + (s[i] * s[i] / 4)) * SpecialFunctions.Erfcx(s[i] / 2)
                    : p[j] * MeanTimesErfc(a * RootHalf);
            }

            score += p[i] * inner;

            // m·erfc(t) with t = (s − w)/√2 is y·exp(−w²/2)·erfcx(t).
            double MeanTimesErfcOfPoint(double w)
            {
                var t = (s[i] - w) * RootHalf;
                return t > 0 ? y * SpecialFunctions.Exp(-w * w / 2) * SpecialFunctions.Erfcx(t) : SpecialFunctions.Exp(logMean) * SpecialFunctions.Erfc(t);
            }
        }

        return score;
    }

    private static double[] Numbers(JsonElement one, string name) => [.. one.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
