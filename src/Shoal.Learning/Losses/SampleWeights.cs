namespace Shoal.Learning;

/// <summary>Weights of samples as users give them.</summary>
internal static class SampleWeights
{
    /// <summary>One finite weight, not negative, for each row.</summary>
    /// <exception cref="ArgumentException">The message names the counts, or the first bad row and its weight.</exception>
    public static void Check(ReadOnlySpan<float> weights, int rows, string caller)
    {
        if (weights.Length != rows)
            throw new ArgumentException($"{caller}: there are {weights.Length} sample weights for {rows} rows; give one for each row.");
        for (var row = 0; row < rows; row++)
        {
            if (!(weights[row] >= 0) || !float.IsFinite(weights[row]))
                throw new ArgumentException(FormattableString.Invariant($"{caller}: the sample weight of row {row} must be 0 or more and finite (was {weights[row]})."));
        }
    }
}
