using System.Globalization;

namespace Shoal.Learning;

/// <summary>The gradient of one tensor beside finite differences.</summary>
/// <param name="Name"><c>x</c>, or the parameter's name.</param>
/// <param name="Count">Values of the tensor.</param>
/// <param name="Unsettled">Values at which finite differences were too uncertain to judge: at an edge, or lost in rounding.</param>
/// <param name="WorstIndex">The value that is furthest off, in terms of what is allowed there.</param>
/// <param name="Analytic">Its gradient by the layer or loss.</param>
/// <param name="Numeric">Its gradient by finite differences.</param>
/// <param name="Allowed">How far apart the two may be.</param>
public sealed record GradientComparison(string Name, int Count, int Unsettled, int WorstIndex, double Analytic, double Numeric, double Allowed)
{
    private const int MostUnsettled = 10;

    /// <summary>Whether no value is further off than allowed, and at most one in ten was not settled.</summary>
    public bool IsRight => Math.Abs(Analytic - Numeric) <= Allowed && Unsettled <= Count / MostUnsettled;

    /// <inheritdoc/>
    public override string ToString()
    {
        var verdict = IsRight ? "right" : Unsettled > Count / MostUnsettled ? "not smooth enough to judge" : "wrong";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {verdict}; the worst of {Count} values, at {WorstIndex}, is {Analytic:G6}, by finite differences {Numeric:G6} ± {Allowed:G2}; {Unsettled} unsettled");
    }
}
